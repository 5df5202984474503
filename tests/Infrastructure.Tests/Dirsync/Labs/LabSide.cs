namespace Postern.Infrastructure.Tests.Dirsync.Labs;

/// <summary>An entry as it stands in a directory.</summary>
internal sealed record ListedEntry(string Name, string Address, string Phone);

/// <summary>A directory with its own people, and an administrator who changes them by the means of that system.</summary>
internal abstract class LabSide(string name)
{
    /// <summary>The partner's name.</summary>
    public string Name => name;

    public long PartnerId { get; set; }

    public List<LabPerson> People { get; } = [];

    /// <summary>They live there.</summary>
    public abstract bool Has(LabPerson person);

    /// <summary>Nobody else's entry can have a name that somebody here has.</summary>
    public virtual bool OwnNamesGoFirst => false;

    /// <summary>Its people are told apart by nothing but their names: an exchange of two names is one of what is said of them.</summary>
    public virtual bool IsKnownByName => false;

    /// <summary>How the name of somebody from elsewhere is written here.</summary>
    public abstract string Written(LabPerson person);

    /// <summary>Another spelling of a name is sent here.</summary>
    public virtual bool SpellingCounts => true;

    public virtual bool CanHavePhone(LabPerson person) => true;

    /// <summary>Somebody new; where they live here is drawn.</summary>
    public abstract LabPerson Add(PersonName person, string phone, Random chance);

    public abstract void Rename(LabPerson person, PersonName name);

    public abstract void Swap(LabPerson one, LabPerson other);

    public abstract void SetPhone(LabPerson person, string phone);

    /// <summary>To another place of the same system, or to another address.</summary>
    public abstract void Move(LabPerson person, Random chance);

    public abstract void Delete(LabPerson person);

    /// <summary>The administrator has done with it for now.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Its own people, as they stand there.</summary>
    public abstract IEnumerable<ListedEntry> Own();

    /// <summary>What stands there of people from elsewhere.</summary>
    public abstract IEnumerable<ListedEntry> Foreign();

    /// <summary>What stands there of its own people by the model.</summary>
    public abstract ListedEntry Expected(LabPerson person);
}
