using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>
/// The faults that the post office is asked to show. Occasions are counted per fault line in <c>faults.state</c>, so that
/// "the third message" means the third over all runs; deleting that file starts the count again.
/// </summary>
internal sealed class FaultPlan
{
    private readonly string statePath;
    private readonly List<Fault> faults;
    private readonly Dictionary<string, int> occasions = new(StringComparer.Ordinal);

    private FaultPlan(string statePath, List<Fault> faults)
    {
        (this.statePath, this.faults) = (statePath, faults);
    }

    /// <summary>The faults of one program, read anew at each start.</summary>
    public static FaultPlan Load(string folder, string program)
    {
        var path = Path.Combine(folder, "faults.txt");
        var faults = (File.Exists(path) ? File.ReadAllText(path) : "")
            .Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(Fault.Parse)
            .Where(fault => fault.Program == program)
            .ToList();
        var plan = new FaultPlan(Path.Combine(folder, "faults.state"), faults);
        if (faults.Count > 0)
        {
            plan.ReadOccasions();
        }

        return plan;
    }

    /// <summary>The faults that fire for this message, one occasion counted for each that concerns it.</summary>
    public List<Fault> DueFor(Message message, params string[] actions) =>
        Count(fault => IsOneOf(fault, actions) && fault.Concerns(message));

    /// <summary>The faults with a condition that fire for a message of MS Mail.</summary>
    public List<Fault> DueFor(string subject, string from, IReadOnlyList<string> to, params string[] actions) => Count(fault => IsOneOf(fault, actions) && HasCondition(fault)
        && fault.Holds("subject", subject) && fault.Holds("from", from) && (!fault.Has("to") || to.Any(line => fault.Holds("to", line))));

    /// <summary>The faults that fire for this run.</summary>
    public List<Fault> DueForRun(IReadOnlyList<Message> messages, params string[] actions) =>
        Count(fault => IsOneOf(fault, actions) && (!HasCondition(fault) || messages.Any(fault.Concerns)));

    private static bool IsOneOf(Fault fault, string[] actions) => actions.Contains(fault.Action);

    private static bool HasCondition(Fault fault) => fault.Has("subject") || fault.Has("from") || fault.Has("to");

    private List<Fault> Count(Func<Fault, bool> isConcerned)
    {
        var due = new List<Fault>();
        var concerned = faults.Where(isConcerned).ToList();
        foreach (var fault in concerned)
        {
            var occasion = occasions.GetValueOrDefault(fault.Line) + 1;
            occasions[fault.Line] = occasion;
            if (fault.FiresAt(occasion))
            {
                due.Add(fault);
            }
        }

        if (concerned.Count > 0)
        {
            WriteOccasions();
        }

        return due;
    }

    private void ReadOccasions()
    {
        if (!File.Exists(statePath))
        {
            return;
        }

        foreach (var line in File.ReadLines(statePath))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0 && int.TryParse(line.AsSpan(0, tab), CultureInfo.InvariantCulture, out var count))
            {
                occasions[line[(tab + 1)..]] = count;
            }
        }
    }

    // Written before the fault fires: a crash must not forget that it has happened
    private void WriteOccasions()
    {
        var temporary = statePath + ".tmp";
        File.WriteAllLines(temporary, occasions.Select(pair => $"{pair.Value.ToString(CultureInfo.InvariantCulture)}\t{pair.Key}"));
        File.Move(temporary, statePath, overwrite: true);
    }
}
