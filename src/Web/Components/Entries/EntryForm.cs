using Postern.Infrastructure.Entries;

namespace Postern.Web.Components.Entries;

/// <summary>What somebody is typing about one entry.</summary>
public sealed class EntryForm
{
    public EntryForm(EntryRow? basis)
    {
        Basis = basis;
        (DisplayName, Kind, Native) = (basis?.DisplayName ?? "", basis?.Kind ?? "person", basis?.Native ?? "");
        Proxies = [.. basis?.Proxies ?? []];
    }

    /// <summary>The entry as it was opened; null for a new one.</summary>
    public EntryRow? Basis { get; private set; }

    public string DisplayName { get; set; }

    public string Kind { get; set; }

    public string Native { get; set; }

    public IList<string> Proxies { get; }

    public IReadOnlyList<EntryFault> Faults { get; set; } = [];

    public bool IsChanged => Basis is null || Basis.DisplayName != DisplayName || Basis.Kind != Kind || Basis.Native != Native || !Basis.Proxies.SequenceEqual(Proxies);

    public EntryFault? FaultOf(string path) => Faults.FirstOrDefault(fault => fault.Path == path);

    public EntryDraft ToDraft() => new(Basis?.Id ?? 0, DisplayName, Kind, Native, [.. Proxies]);

    /// <summary>Saving again puts this over what somebody else saved; null: they deleted it.</summary>
    public void Rebase(EntryRow? theirs) => Basis = theirs;

    /// <summary>Changes the order: the first of a type is the one shown to that system.</summary>
    public void Move(int index, int by)
    {
        var to = index + by;
        if (to >= 0 && to < Proxies.Count)
        {
            (Proxies[index], Proxies[to]) = (Proxies[to], Proxies[index]);
        }
    }
}
