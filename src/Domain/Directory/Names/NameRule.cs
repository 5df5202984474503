using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Domain.Directory.Names;

/// <summary>A name as a directory will hold it, with its place there.</summary>
/// <param name="IsExact">False where characters or length had to change on the way.</param>
public readonly record struct HeldName(string Name, SortKey Key, bool IsExact);

/// <summary>How one kind of directory holds names, and which of them it takes for one and the same (Q237588).</summary>
/// <remarks>
/// A key is worked out once, here, from the name as the directory will hold it: after the change to its code page and after cutting. Nothing
/// else compares names of entries: no SQL function and no culture of a machine.
/// </remarks>
public abstract class NameRule
{
    /// <summary>Whether another spelling of a name that counts as the same is a change worth sending.</summary>
    public virtual bool SpellingCounts => true;

    /// <summary>Whether each home has a list of its own, in which alone names must differ.</summary>
    public virtual bool HasListPerHome => false;

    /// <summary>The name as it will be held, and its key; false with a sentence where the directory cannot hold it.</summary>
    /// <param name="address">The address that the entry has in that directory.</param>
    public bool TryHold(string name, MailAddress address, out HeldName held, out string fault)
    {
        var kept = Hold(name, out var isExact);
        fault = FaultOf(name, kept);
        held = fault.Length == 0 ? new HeldName(kept, KeyOf(kept, address), isExact) : default;
        return fault.Length == 0;
    }

    /// <summary>The name after everything that the way into the directory does to it; what is held already stays as it is.</summary>
    public abstract string Hold(string name, out bool isExact);

    /// <summary>The key of a name that is held.</summary>
    protected abstract SortKey KeyOf(string held, MailAddress address);

    /// <summary>Why a name cannot be held; empty when it can.</summary>
    protected virtual string FaultOf(string name, string held) => held.Length == 0 ? "A directory entry needs a name." : "";

    protected static SortKey KeyOf(string folded) => new(Encoding.UTF8.GetBytes(folded));
}
