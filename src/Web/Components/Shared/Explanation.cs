namespace Postern.Web.Components.Shared;

/// <summary>Why something waits, failed or was refused, in the words of the code that decided.</summary>
/// <param name="Title">The state in one sentence.</param>
/// <param name="Tone">How loud it is.</param>
/// <param name="Icon">Symbol before the title.</param>
/// <param name="Points">Question and answer in reading order: why it waits, what was tried, what comes next, what would help.</param>
public sealed record Explanation(string Title, Tone Tone, string Icon, IReadOnlyList<ExplanationPoint> Points);

/// <summary>One answer of an explanation.</summary>
/// <param name="Question">"Why it waits".</param>
/// <param name="Answer">Sentences of ours.</param>
/// <param name="Said">The peer's own words, quoted and never paraphrased.</param>
public sealed record ExplanationPoint(string Question, string Answer, string? Said = null);

/// <summary>How loud a notice is.</summary>
public enum Tone
{
    /// <summary>Nothing is wrong.</summary>
    Calm,

    /// <summary>Somebody may want to look.</summary>
    Warn,

    /// <summary>Something failed.</summary>
    Bad,
}
