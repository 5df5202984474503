namespace Postern.Web.Components.Shared;

/// <summary>One row of the shape table: a connector, or the quarantine of all of them.</summary>
/// <param name="Name">Name of the row.</param>
/// <param name="Note">Quiet words behind it: where the connector leads.</param>
/// <param name="Query">Query of the queue page that gives exactly the deliveries of this row.</param>
/// <param name="Counts">One number per <see cref="AgeBand"/>.</param>
public sealed record ShapeRow(string Name, string Note, string Query, IReadOnlyList<long> Counts)
{
    /// <summary>All ages together.</summary>
    public long Total => Counts.Sum();
}
