namespace Postern.Lab.Peer;

/// <summary>What the peer shall do wrong, from <c>faults.txt</c> in its folder, read anew whenever it matters.</summary>
internal sealed class PeerFaults(string folder)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> occasions = new(StringComparer.Ordinal);

    /// <summary>The first fault of these kinds that concerns the occasion and is due, or null.</summary>
    public Fault? Due(Func<Fault, bool> concerns, params string[] actions)
    {
        lock (gate)
        {
            return Read().Find(fault => actions.Contains(fault.Action) && concerns(fault) && IsDue(fault));
        }
    }

    private bool IsDue(Fault fault)
    {
        var occasion = occasions.GetValueOrDefault(fault.Line) + 1;
        occasions[fault.Line] = occasion;
        return fault.FiresAt(occasion);
    }

    private List<Fault> Read()
    {
        var path = Path.Combine(folder, "faults.txt");
        return !File.Exists(path) ? [] :
        [
            .. File.ReadLines(path)
                .Select(line => line.Trim())
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => Fault.Parse("peer " + line)),
        ];
    }
}
