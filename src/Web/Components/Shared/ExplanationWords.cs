using Postern.Domain.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>Turns what the domain explains into what the page shows.</summary>
public static class ExplanationWords
{
    /// <summary>The explanation of a delivery, with the glyph of its state.</summary>
    public static Explanation Of(DeliverySnapshot delivery, ConnectorSituation connector, DateTimeOffset now)
    {
        var explained = DeliveryExplanation.Of(delivery, connector, now);
        return new Explanation(
            VisibleText.Of(explained.Title, 300),
            explained.Weight switch { ExplanationWeight.Calm => Tone.Calm, ExplanationWeight.Warn => Tone.Warn, _ => Tone.Bad },
            StateLook.Of(delivery.State).Icon,
            [.. explained.Answers.Select(answer => new ExplanationPoint(answer.Question, VisibleText.Of(answer.Answer, 1000), answer.Said.Length > 0 ? answer.Said : null))]);
    }
}
