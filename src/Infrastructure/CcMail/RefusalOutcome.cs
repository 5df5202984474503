using Postern.Domain.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>What IMPORT's words about a recipient mean for the delivery.</summary>
internal static class RefusalOutcome
{
    private const string UnknownDate = "Unknown Date Format";

    // Said by the post office about itself, not about the recipient: the same message can go later (Q193864).
    private static readonly string[] Passing = ["disk error", "disk full", "not enough disk", "no space", "locked", "shut down", "try again"];

    private static readonly (string Words, string Status)[] Statuses =
    [
        ("unknown", "5.1.1"), ("not found", "5.1.1"), ("no such", "5.1.1"), ("not in directory", "5.1.1"), ("mailbox full", "5.2.2"),
        ("too large", "5.3.4"), ("too long", "5.3.4"), ("header buffer full", "5.5.3"), ("access", "5.7.1"), ("rights", "5.7.1"),
    ];

    /// <summary>The date alone was refused: the message goes with another order of day and month (Q180641).</summary>
    public static bool IsDate(IReadOnlyList<string> reasons) =>
        reasons.Any(reason => reason.Contains(UnknownDate, StringComparison.OrdinalIgnoreCase));

    /// <summary>Is this a refusal that time can mend?</summary>
    public static bool IsPassing(IReadOnlyList<string> reasons) =>
        reasons.Count > 0 && reasons.All(reason => Passing.Any(words => reason.Contains(words, StringComparison.OrdinalIgnoreCase)));

    public static AttemptOutcome For(IReadOnlyList<string> reasons, string recipient, string remote)
    {
        var words = reasons.Count == 0 ? "no reason given" : string.Join("; ", reasons);
        var sentence = $"IMPORT refused {recipient}: {words}.";
        if (IsPassing(reasons))
        {
            return new AttemptOutcome.Deferred("4.3.0", words, sentence, remote);
        }

        var status = Statuses.FirstOrDefault(pair => words.Contains(pair.Words, StringComparison.OrdinalIgnoreCase)).Status ?? "5.0.0";
        return new AttemptOutcome.Bounced(IsDate(reasons) ? "5.6.0" : status, words, sentence, remote);
    }
}
