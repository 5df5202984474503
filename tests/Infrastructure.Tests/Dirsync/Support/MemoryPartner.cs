using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;

namespace Postern.Infrastructure.Tests.Dirsync.Support;

/// <summary>A kind of partner whose directories lie in memory: they obey a rule of names, refuse what they are told to refuse, and fail when they are told to.</summary>
internal sealed class MemoryPartner : IPartnerKind
{
    private readonly Dictionary<string, MemoryDirectory> directories = new(StringComparer.Ordinal);

    public string Name => "memory";

    public Type Settings => typeof(MemorySettings);

    /// <summary>The directory of that name; made when it is first asked for.</summary>
    public MemoryDirectory this[string name]
    {
        get
        {
            lock (directories)
            {
                return directories.TryGetValue(name, out var known) ? known : directories[name] = new MemoryDirectory();
            }
        }
    }

    /// <summary>Two consoles that reach the same directory.</summary>
    public void Share(string name, MemoryDirectory directory)
    {
        lock (directories)
        {
            directories[name] = directory;
        }
    }

    public static string SettingsOf(string directory, string writer = "postern") => JsonSerializer.Serialize(new MemorySettings { Directory = directory, Writer = writer }, SettingsJson.Options);

    public IReadOnlyList<string> Faults(string settings) => SettingsJson.Read<MemorySettings>(settings).Directory.Length == 0 ? ["directory: A directory needs a name."] : [];

    public Task<IPartnerDirectory> OpenAsync(Partner partner, CancellationToken cancellationToken)
    {
        var settings = SettingsJson.Read<MemorySettings>(partner.Settings);
        var directory = this[settings.Directory];
        return directory.Unreachable.Length > 0 ? throw new PartnerException(directory.Unreachable) : Task.FromResult<IPartnerDirectory>(directory.OpenAs(settings.Writer));
    }
}

/// <summary>Which directory of the memory, and under which name we write there.</summary>
internal sealed record MemorySettings
{
    public string Directory { get; init; } = "";

    public string Writer { get; init; } = "postern";
}

/// <summary>One row of a directory in memory.</summary>
/// <param name="Place">Never changes while the row is there.</param>
/// <param name="Writer">Who wrote it; empty for the directory's own people.</param>
internal sealed record MemoryRow(string Place, string Writer, PartnerEntry Entry, SortKey Key);

/// <summary>A directory in memory.</summary>
internal sealed class MemoryDirectory
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, MemoryRow> rows = new(StringComparer.Ordinal);
    private int places;

    public NameRule Names { get; set; } = new LdapNames();

    public TargetAbility Ability { get; set; } = TargetAbility.Ldap;

    public IReadOnlyList<string> AddressTypes { get; set; } = [SmtpAddress.TypeName, CcMailAddress.TypeName, MsMailAddress.TypeName];

    public bool IsReadBack { get; set; } = true;

    /// <summary>Entries have ids of their own, which stay when name and address change.</summary>
    public bool HasIds { get; set; } = true;

    /// <summary>Why nobody reaches it; empty when everybody does.</summary>
    public string Unreachable { get; set; } = "";

    /// <summary>Reads end after so many rows, and say so.</summary>
    public int? ReadsOnly { get; set; }

    /// <summary>Reads give only rows that were put since the last one, and which others are still there.</summary>
    public bool ReadsChanges { get; set; }

    /// <summary>In reads of changes the identities of all are read.</summary>
    public bool KnowsAll { get; set; } = true;

    /// <summary>Writing breaks off after so many steps; counted down.</summary>
    public int? FailsAfter { get; set; }

    /// <summary>Why a row is refused; empty when it is taken.</summary>
    public Func<DirectoryRow, string> Refuses { get; set; } = _ => "";

    /// <summary>Called after every step that was carried out.</summary>
    public Action<WriteStep> Written { get; set; } = _ => { };

    /// <summary>So many steps were carried out.</summary>
    public int Steps { get; private set; }

    /// <summary>Records that nobody can read; each read gives them as faults.</summary>
    public List<EntryFault> Faults { get; } = [];

    private readonly HashSet<string> fresh = new(StringComparer.Ordinal);

    /// <summary>All rows, by name.</summary>
    public IReadOnlyList<MemoryRow> Rows
    {
        get
        {
            lock (gate)
            {
                return [.. rows.Values.OrderBy(row => row.Key).ThenBy(row => row.Place, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>What it holds, as <c>name (address)</c>, by name.</summary>
    public IReadOnlyList<string> Listing => [.. Rows.Select(row => $"{row.Entry.Name} ({row.Entry.Address})")];

    /// <summary>An entry of its own people; its place, by which it can be put again or taken out.</summary>
    public string Put(PartnerEntry entry, string? place = null)
    {
        lock (gate)
        {
            place ??= $"m{++places}";
            rows[place] = new MemoryRow(place, "", entry, KeyOf(entry.Name, entry.Address));
            fresh.Add(place);
            return place;
        }
    }

    /// <summary>The same in short.</summary>
    public string Put(string name, string address, string? place = null, params (string Name, string Value)[] values) =>
        Put(new PartnerEntry { Name = name, Address = MailAddress.Parse(address), Values = RowValues.Of(values) }, place);

    /// <summary>A row as something else has left it; whose it is stays.</summary>
    public void Rewrite(string place, Func<PartnerEntry, PartnerEntry> change)
    {
        lock (gate)
        {
            rows[place] = rows[place] with { Entry = change(rows[place].Entry) };
        }
    }

    public void Remove(string place)
    {
        lock (gate)
        {
            rows.Remove(place);
        }
    }

    internal IPartnerDirectory OpenAs(string writer) => new View(this, writer);

    private SortKey KeyOf(string name, MailAddress address) => Names.TryHold(name, address, out var held, out _) ? held.Key : default;

    private string IdOf(MemoryRow row) => HasIds ? $"id:{row.Place}" : row.Entry.Address.Key;

    private string Carry(string writer, WriteStep step, out string place)
    {
        lock (gate)
        {
            place = "";
            var before = step.Step.Before is { } row ? Find(writer, step.Place, row.AddressKey) : null;
            if (step.Step.Kind == StepKind.Delete)
            {
                _ = before is not null && rows.Remove(before.Place);
                Steps++;
                return "";
            }

            var after = step.Step.After!;
            if (Refuses(after) is { Length: > 0 } fault)
            {
                return fault;
            }

            before ??= Find(writer, step.Place, after.AddressKey) ?? rows.Values.FirstOrDefault(known => known.Entry.Address.Key == after.AddressKey && known.Key == after.Key);
            if (rows.Values.FirstOrDefault(known => known.Key == after.Key && known.Place != before?.Place) is { } other)
            {
                return $"The name {after.Name} is held by {other.Entry.Address}.";
            }

            place = before?.Place ?? $"m{++places}";
            var entry = new PartnerEntry { Name = after.Name, Address = MailAddress.Parse(after.Address), Kind = after.Kind, Values = after.Values };
            rows[place] = new MemoryRow(place, writer, entry, after.Key);
            fresh.Add(place);
            Steps++;
            return "";
        }
    }

    private MemoryRow? Find(string writer, string place, string addressKey) =>
        place.Length > 0 && rows.TryGetValue(place, out var known) ? known : rows.Values.FirstOrDefault(row => row.Writer == writer && row.Entry.Address.Key == addressKey);

    private sealed class View(MemoryDirectory directory, string writer) : IPartnerDirectory
    {
        public NameRule Names => directory.Names;

        public TargetAbility Ability => directory.Ability;

        public IReadOnlyList<string> AddressTypes => directory.AddressTypes;

        public bool IsReadBack => directory.IsReadBack;

        public bool ReadsChanges => directory.ReadsChanges;

        public async Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
        {
            var isChanges = directory.ReadsChanges && memory != "{}";
            var all = directory.Rows;
            foreach (var row in all.Take(directory.ReadsOnly ?? int.MaxValue))
            {
                if (RecordOf(row, isChanges) is { } record)
                {
                    await take(record);
                }
            }

            foreach (var fault in directory.Faults)
            {
                await take(new ReadRecord { Fault = fault });
            }

            lock (directory.gate)
            {
                directory.fresh.Clear();
            }

            return new ReadResult(directory.ReadsOnly is not { } only || all.Count <= only, isChanges, isChanges && directory.KnowsAll, """{"read":true}""", []);
        }

        public async Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
        {
            await foreach (var step in steps.WithCancellation(cancellationToken))
            {
                if (directory.FailsAfter is { } left)
                {
                    directory.FailsAfter = left - 1;
                    if (left <= 0)
                    {
                        directory.FailsAfter = null;
                        throw new PartnerException("The directory in memory fails, as it was told.");
                    }
                }

                var fault = directory.Carry(writer, step, out var place);
                directory.Written(step);
                await done(new StepResult(step.Ordinal, step.Step.Kind, fault, place));
            }

            return memory;
        }

        public Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartnerCheck>>([new PartnerCheck(true, "The directory lies in memory.")]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private ReadRecord? RecordOf(MemoryRow row, bool isChanges)
        {
            var id = directory.IdOf(row);
            var isOurs = row.Writer == writer;
            _ = DirectoryRow.TryCreate(directory.Names, id, row.Entry.Name, row.Entry.Address, row.Entry.Kind, row.Entry.Values, out var held, out _);
            if (isOurs || !isChanges || IsFresh(row))
            {
                var entry = isOurs ? null : row.Entry with { SourceId = directory.HasIds ? id : "", Source = row.Entry.Source.Length > 0 ? row.Entry.Source : row.Place };
                return new ReadRecord { Entry = entry, Held = held, IsOurs = isOurs, Place = row.Place };
            }

            return directory.KnowsAll ? new ReadRecord { StillThere = id } : null;
        }

        private bool IsFresh(MemoryRow row)
        {
            lock (directory.gate)
            {
                return directory.fresh.Contains(row.Place);
            }
        }
    }
}
