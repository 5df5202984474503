namespace Postern.Web.Components.Shared;

/// <summary>Runs of equal attempts, folded: nine locked post offices in a row are one line, not nine.</summary>
/// <param name="First">The first of the run.</param>
/// <param name="More">The others, oldest first.</param>
public sealed record TimelineFold(TimelineStep First, IReadOnlyList<TimelineStep> More)
{
    /// <summary>Folds neighbours that share a fold key; steps without one stand alone.</summary>
    public static IReadOnlyList<TimelineFold> Of(IEnumerable<TimelineStep> steps)
    {
        var result = new List<(TimelineStep First, List<TimelineStep> More)>();
        foreach (var step in steps)
        {
            if (step.FoldKey is { } key && result is [.., var last] && last.First.FoldKey == key)
            {
                last.More.Add(step);
            }
            else
            {
                result.Add((step, []));
            }
        }

        return [.. result.Select(r => new TimelineFold(r.First, r.More))];
    }
}
