using Postern.Domain.Routing;

namespace Postern.Web.Components.Routing;

/// <summary>Whether a mail and its answer arrive, in a title and a consequence.</summary>
public sealed record RouteVerdict(string Icon, string Css, string Title, string Consequence)
{
    /// <summary>How an explanation ends.</summary>
    public static RouteVerdict Of(RouteExplanation explanation) => explanation switch
    {
        { There.Arrives: false } => new("warn", "c-bounced", "The mail does not arrive", Fate(explanation.There)),
        { Back: { Arrives: false } back } => new("warn", "c-held", "The mail arrives; the answer does not", Fate(back)),
        _ => new("check", "c-delivered", "The mail arrives, and the answer comes back", "So it is where the post offices have what each step names."),
    };

    private static string Fate(ExplainedWay way) => way.Fate switch
    {
        MailFate.LostSilently => "It vanishes: MS Mail drops it without a report, and the sender never learns of it.",
        MailFate.ReturnedUnknown => "MS Mail returns it to the sender as an unknown address [002].",
        MailFate.ReturnedTooManyHops => "MS Mail returns it to the sender with hop count exceeded [003].",
        MailFate.ReturnedCircular => "MS Mail returns it to the sender as a circular route [004].",
        MailFate.ReturnedNotDeliverable => "The cc:Mail router returns it to the sender as “Message not deliverable”.",
        MailFate.Bounced => "Postern returns it to the sender with the reason.",
        _ => "It never gets there.",
    };
}
