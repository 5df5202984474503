namespace Postern.Domain.Directory.Plans;

/// <summary>How often in a row an entry was changed: somebody changes it back each time, and neither side knows (Q237588).</summary>
/// <param name="LastCycle">The number of the last cycle that changed it.</param>
/// <param name="Streak">So many cycles one after the other did.</param>
public readonly record struct Flapping(long LastCycle, int Streak)
{
    /// <summary>So many cycles with a change of the same entry are no coincidence.</summary>
    public const int Limit = 3;

    public bool IsFlapping => Streak >= Limit;

    /// <summary>After a cycle that changed the entry. A gap begins the count anew.</summary>
    public Flapping Changed(long cycle) => cycle == LastCycle ? this : new Flapping(cycle, cycle == LastCycle + 1 ? Streak + 1 : 1);

    /// <summary>Whether the count can be forgotten after a cycle.</summary>
    public bool IsOver(long cycle) => cycle > LastCycle;

    /// <summary>What is said of such an entry.</summary>
    public string Sentence(string name) =>
        $"{name} was changed in {Streak} cycles one after the other: two sides disagree about it. Compare the changes, and reject them or decide its values by hand.";
}
