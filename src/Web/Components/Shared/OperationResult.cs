namespace Postern.Web.Components.Shared;

/// <summary>An operation of this operator, running or ended; it stays on the page until it is dismissed.</summary>
/// <param name="Text">"Removed 14 deliveries without a report".</param>
/// <param name="Note">"by you, reason “test mail of 20 Nov”".</param>
/// <param name="Done">So many are done.</param>
/// <param name="Total">Out of so many; equal to <paramref name="Done"/> when it has ended.</param>
/// <param name="Left">Those that were not touched, each with why.</param>
public sealed record OperationResult(string Text, string Note, int Done, int Total, IReadOnlyList<string> Left)
{
    /// <summary>Nothing more will happen.</summary>
    public bool HasEnded => Done + Left.Count >= Total;
}
