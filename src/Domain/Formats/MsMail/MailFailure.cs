namespace Postern.Domain.Formats.MsMail;

/// <summary>One reason of a failure and whom it concerns.</summary>
/// <param name="Code">001 to 030; see <see cref="FailureCode"/>.</param>
/// <param name="Text">The words behind the code.</param>
/// <param name="Failed">Addresses or full names as they stand in the report; none when it names nobody.</param>
/// <param name="Route">The post offices the message came through, of a report about a loop.</param>
public sealed record FailureReason(int Code, string Text, IReadOnlyList<string> Failed, IReadOnlyList<HopName> Route);

/// <summary>A "Mail failure" of MS Mail: what was not delivered, to whom and why (Q147471, Q127919, Q162841).</summary>
public sealed record MailFailure
{
    public required IReadOnlyList<FailureReason> Reasons { get; init; }

    /// <summary>Who sent the original and to whom, in the words of the report.</summary>
    public string OriginalFrom { get; init; } = "";

    public string OriginalTo { get; init; } = "";

    public string OriginalSubject { get; init; } = "";

    /// <summary>Local time at the post office; null when it does not say or cannot be read.</summary>
    public DateTime? OriginalDate { get; init; }

    /// <summary>What else the sender should know, one line each: the real cause in the words of who refused. Written, not read.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];
}
