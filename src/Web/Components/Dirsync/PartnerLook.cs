using Microsoft.AspNetCore.Components;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>Glyph, word and colour of how a partner is doing.</summary>
/// <param name="Note">Its state in a sentence.</param>
public sealed record PartnerLook(string Css, string Icon, string Word, string Note, bool IsBad)
{
    /// <summary>It in a table.</summary>
    public RenderFragment Cell => Cells.State(Css, Icon, Word);

    /// <summary>How a partner looks.</summary>
    public static PartnerLook Of(PartnerSummary partner) => partner switch
    {
        { Partner.IsEnabled: false } => new("c-removed", "pause", "switched off", "No cycle runs; its entries stay.", false),
        { CycleProgress.Length: > 0 } => new("c-leased", "leased", "running", VisibleText.Of(partner.CycleProgress, 300), false),
        { RunWantedAt: not null } => new("c-leased", "clock", partner.RunIsDry ? "dry run due" : "due", "A cycle was asked for and begins within seconds.", false),
        { CycleFault.Length: > 0 } => new("c-bounced", "warn", "failed", VisibleText.Of(partner.CycleFault, 600), true),
        { CycleEndedAt: null } => new("c-queued", "clock", "not run yet", "Its first cycle has not run yet. Run it now, or wait for the schedule.", false),
        _ when partner.Lag.For > TimeSpan.Zero => new("c-held", "pause", "behind", VisibleText.Of(partner.Lag.Sentence, 300), false),
        _ => new("c-delivered", "check", "in step", VisibleText.Of(partner.Lag.Sentence, 300), false),
    };

    /// <summary>What a kind of partner is.</summary>
    public static string KindWord(string kind) => kind switch
    {
        "ldap" => "LDAP",
        "ccmail" => "cc:Mail",
        "msmail" => "MS Mail",
        "dirsync" => "MS Mail, foreign requestor",
        "csv" => "CSV table",
        _ => VisibleText.Of(kind, 40),
    };
}
