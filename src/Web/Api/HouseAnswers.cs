using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Api;

/// <summary>Where every accepted recipient is, and whether the ledger agrees.</summary>
/// <param name="Differences">Days and ids on which ledger and rows differ; empty when they balance.</param>
public sealed record BooksAnswer(
    long Accepted, long Delivered, long Bounced, long Removed, long Expanded, long Queued, long Leased, long Held, long Quarantined, bool Balanced,
    DateTimeOffset CheckedAt, IReadOnlyList<BooksDifference> Differences)
{
    /// <summary>The balance as programs get it.</summary>
    public static BooksAnswer Of(BooksBalance books) => new(
        books.Accepted, books.Delivered, books.Bounced, books.Removed, books.Expanded, books.Queued, books.Leased, books.Held, books.Quarantined, books.IsBalanced,
        books.CheckedAt, books.Differences);
}

/// <summary>Something that happened.</summary>
/// <param name="Code">The same number as in the log.</param>
/// <param name="Severity">information, warning or error.</param>
/// <param name="Connector">Empty when it concerns none.</param>
/// <param name="NextStep">What to do about it; empty when nothing is to be done.</param>
public sealed record EventAnswer(
    long Id, DateTimeOffset At, int Code, string Severity, string Connector, string Text, string NextStep, JsonNode? Details);

/// <summary>Events, newest first.</summary>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record EventAnswers(IReadOnlyList<EventAnswer> Events, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);

/// <summary>Sites, by name.</summary>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record SiteAnswers(IReadOnlyList<SiteAnswer> Sites, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);

/// <summary>Post offices, in the order in which they were made.</summary>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record PostOfficeAnswers(
    IReadOnlyList<PostOfficeAnswer> PostOffices, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);
