namespace Postern.Infrastructure.Dirsync;

/// <summary>What a cycle has to say: so many sentences as a person may read, and the number of the rest.</summary>
internal sealed class CycleNotes
{
    public const string Fault = "fault";
    public const string Withheld = "withheld";
    public const string Missed = "missed";
    public const string Said = "said";

    private const int Most = 1_000;

    private readonly List<(string Kind, string Source, string Text)> notes = [];
    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <summary>Records that could not be read, so that nobody knows whose they were.</summary>
    public long Unknown { get; private set; }

    public void Add(string kind, string source, string text)
    {
        var count = counts[kind] = counts.GetValueOrDefault(kind) + 1;
        if (count <= Most)
        {
            notes.Add((kind, Queue.Storable.Text(source, 200), Queue.Storable.Text(text, 500)));
        }
    }

    public void AddUnknown(EntryFaultNote fault)
    {
        Unknown++;
        Add(Fault, fault.Source, fault.Sentence);
    }

    /// <summary>The first sentences, for a plan that has no cycle to say them.</summary>
    public IEnumerable<string> First(int most) => notes.Take(most).Select(note => note.Text);

    public long Count(string kind) => counts.GetValueOrDefault(kind);

    /// <summary>Stores the sentences, and forgets those of long ago.</summary>
    public void Write(Staging staging, long partnerId, long cycle)
    {
        foreach (var (kind, count) in counts.Where(pair => pair.Value > Most).ToList())
        {
            notes.Add((Said, "", $"{count - Most:N0} more notes like these ({kind}) are not kept."));
        }

        staging.Execute(
            "insert into cycle_note (partner_id, cycle, kind, source, text) select $1, $2, * from unnest($3, $4, $5)",
            partnerId, cycle, notes.Select(note => note.Kind).ToArray(), notes.Select(note => note.Source).ToArray(), notes.Select(note => note.Text).ToArray());
        staging.Execute("delete from cycle_note where partner_id = $1 and cycle <= $2", partnerId, cycle - KeptCycles);
        notes.Clear();
        counts.Clear();
    }

    private const long KeptCycles = 50;
}

/// <summary>A record that could not be read.</summary>
internal readonly record struct EntryFaultNote(string Source, string Sentence);
