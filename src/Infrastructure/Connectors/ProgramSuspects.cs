namespace Postern.Infrastructure.Connectors;

/// <summary>
/// Remembers at which messages a foreign program stopped, and tells a message that cannot be taken from a program that does not work (P2).
/// </summary>
/// <remarks>
/// Where a program stops can be told: by the file that is left first, or by the message that its error names. Such a message runs alone from
/// then on. Guilty is who failed twice, once of them alone, while others passed in the meantime; or who failed
/// alone again and again while nobody else did. Never guilty is anyone while different messages fail one after another and none passes:
/// then the program or the post office is at fault, and everything waits.
/// </remarks>
internal sealed class ProgramSuspects
{
    private const int HangsAlone = 2;
    private const int RefusalsAlone = 5;

    private readonly Dictionary<long, Suspect> suspects = [];
    private long passed;

    // How many had passed when one was condemned without any other having passed: the next such verdict needs a new proof.
    private long condemnedAt = -1;

    public bool Has(long id) => suspects.ContainsKey(id);

    /// <summary>The program took these: it works.</summary>
    public void NotePassed(IEnumerable<long> ids)
    {
        foreach (var id in ids)
        {
            suspects.Remove(id);
            passed++;
        }
    }

    /// <summary>The program stopped at this one.</summary>
    /// <param name="wasAlone">Nothing else was in the run.</param>
    /// <param name="othersPassed">Files of the same run that it had taken before.</param>
    public void NoteStopped(long id, bool wasAlone, int othersPassed)
    {
        if (!suspects.TryGetValue(id, out var suspect))
        {
            suspect = new Suspect { PassedBefore = passed - othersPassed };
            suspects[id] = suspect;
        }

        suspect.Stops++;
        suspect.StopsAlone += wasAlone ? 1 : 0;
    }

    /// <summary>Is it the first time that the program stopped at it alone?</summary>
    public bool IsNew(long id) => suspects.TryGetValue(id, out var suspect) && suspect.StopsAlone <= 1;

    /// <summary>Have others passed since the program first stopped at it?</summary>
    public bool OthersPassed(long id) => suspects.TryGetValue(id, out var suspect) && passed > suspect.PassedBefore;

    /// <summary>Judges one at which the program just stopped; the guilty one is forgotten, because it leaves the queue.</summary>
    /// <param name="isCode">It ended with a code of its own; else it hung or crashed.</param>
    public bool IsGuilty(long id, bool isCode)
    {
        if (!suspects.TryGetValue(id, out var suspect) || suspect.StopsAlone == 0)
        {
            return false;
        }

        var othersPassed = passed > suspect.PassedBefore;
        var isGuilty = othersPassed
            ? suspect.Stops >= 2
            : suspects.Count == 1 && passed > condemnedAt && suspect.StopsAlone >= (isCode ? RefusalsAlone : HangsAlone);
        if (isGuilty)
        {
            suspects.Remove(id);
            condemnedAt = othersPassed ? condemnedAt : passed;
        }

        return isGuilty;
    }

    private sealed class Suspect
    {
        public long PassedBefore { get; init; }

        public int Stops { get; set; }

        public int StopsAlone { get; set; }
    }
}
