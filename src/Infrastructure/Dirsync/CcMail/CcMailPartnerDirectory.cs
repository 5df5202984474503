using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.CcMail;

/// <summary>
/// The directory of a cc:Mail post office. Everything is read each time, never a delta (Q295753). What stands behind the gateway of one of our sites is ours; post
/// office entries that we made bear our mark, and only these are changed (Q197255).
/// </summary>
internal sealed class CcMailPartnerDirectory : IPartnerDirectory
{
    private readonly CcMailLink link;
    private readonly CcMailPartnerSettings settings;
    private readonly CcMailDirectoryRuns runs;
    private readonly CcMailDirectoryWriter writer;
    private readonly HashSet<string> ours;

    public CcMailPartnerDirectory(string partner, CcMailLink link, CcMailPartnerSettings settings)
    {
        this.link = link;
        this.settings = settings;
        runs = new CcMailDirectoryRuns(link, settings);
        Names = new CcMailNames(link.Profile);
        OurPostOffices = [.. link.Routes().Sites.Select(site => site.CcMailPostOffice).Append(link.Settings.SiteName).Where(name => name.Length > 0).DistinctBy(NameKey.Fold)];
        ours = [.. OurPostOffices.Select(NameKey.Fold)];
        writer = new CcMailDirectoryWriter(partner, this, runs, settings.AllowsDeletes);
    }

    public NameRule Names { get; }

    public TargetAbility Ability => TargetAbility.CcMail;

    public IReadOnlyList<string> AddressTypes { get; } = [CcMailAddress.TypeName];

    public bool IsReadBack => true;

    /// <summary>The post office.</summary>
    internal string PostOffice => link.Settings.PostOfficeName;

    /// <summary>The post office entry whose queue is emptied into Postern; our other sites are reached through it.</summary>
    internal string Gateway => link.Settings.SiteName;

    /// <summary>The names under which cc:Mail knows our sites.</summary>
    internal IReadOnlyList<string> OurPostOffices { get; }

    public bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault)
    {
        held = row;
        if (MailAddress.TryParse(row.Address, out var address, out fault) && !IsOurPostOffice((address as CcMailAddress)?.PostOffice ?? ""))
        {
            fault = $"{row.Name} lives at {(address as CcMailAddress)?.PostOffice ?? row.Address}, which is none of our sites; {PostOffice} lists only who is reached through one of them.";
            return false;
        }

        // As it will be read again: written and read once here.
        var entries = Entries(OurPostOffices);
        var buffer = new ArrayBufferWriter<byte>();
        DirectoryWriter.Write([entries.Write(row)], link.Profile, buffer);
        var written = DirectoryReader.Read(new ReadOnlySequence<byte>(buffer.WrittenMemory), link.Profile).Records;
        if (written.Count != 1 || !entries.TryHeld(written[0], Names, out var back))
        {
            fault = $"Name or address of {row.Name} is longer than a cc:Mail directory takes.";
            return false;
        }

        if (back.AddressKey != row.AddressKey)
        {
            fault = $"{row.Address} cannot be written in code page {link.Profile.CodePage}.";
            return false;
        }

        held = row with { Values = back.Values, Kind = back.Kind };
        return true;
    }

    public async Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
    {
        using var file = await runs.ExportAsync(cancellationToken);
        var postOffices = PostOffices(file);
        var entries = Entries([.. postOffices.Select(record => record.Name), .. OurPostOffices]);
        var end = new DirectoryEnd();
        var notes = new List<string>(OfPostOffices(postOffices));
        foreach (var record in DirectoryReader.Records(file.AsSequence(), link.Profile, end))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!record.IsPostOffice && IsOurPostOffice(record.Name))
            {
                // Mail for the site would go to that mailbox (Q156063 2.6.10).
                notes.Add($"{record.Name} is a mailbox or an alias in {PostOffice} and the name of one of our sites: mail for the site goes to it. Rename one of them.");
            }

            await take(Read(record, entries));
        }

        if (!end.IsComplete)
        {
            notes.Insert(0, $"The directory file of {PostOffice} ends inside a record; nothing is deleted because of it.");
        }

        return new ReadResult(end.IsComplete, IsChangesOnly: false, KnowsAll: end.IsComplete, memory, notes);
    }

    public Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken) =>
        writer.WriteAsync(memory, steps, done, cancellationToken);

    public async Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var checks = new List<PartnerCheck>();
        try
        {
            using var file = await runs.ExportAsync(cancellationToken);
            var postOffices = PostOffices(file);
            var end = new DirectoryEnd();
            var count = DirectoryReader.Records(file.AsSequence(), link.Profile, end).LongCount();
            checks.Add(new PartnerCheck(end.IsComplete, end.IsComplete
                ? $"EXPORT wrote the directory of {PostOffice}: {count:N0} records."
                : $"The directory file of {PostOffice} ends inside a record; EXPORT was cut off."));
            checks.AddRange(OfPostOffices(postOffices).Select(note => new PartnerCheck(true, note)));
        }
        catch (PartnerException e)
        {
            checks.Add(new PartnerCheck(false, e.Message));
        }

        checks.Add(new PartnerCheck(true, settings.AllowsDeletes
            ? "Deletes go through IMPORT, in a run of their own before the adds."
            : $"Deletes are not given to IMPORT of {PostOffice}; what is to leave stands on a sheet for its administrator."));
        return [.. checks.OrderBy(check => check.IsGood)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>How records are read and written, with the names of post offices that addresses may begin with.</summary>
    internal CcMailEntries Entries(IReadOnlyCollection<string> known) => new(PostOffice, settings.Comments) { KnownPostOffices = known };

    /// <summary>All post office entries of a directory file.</summary>
    internal List<DirectoryRecord> PostOffices(MessageContent file) =>
        [.. DirectoryReader.Records(file.AsSequence(), link.Profile, new DirectoryEnd()).Where(record => record.IsPostOffice)];

    internal IEnumerable<DirectoryRecord> Records(MessageContent file) => DirectoryReader.Records(file.AsSequence(), link.Profile, new DirectoryEnd());

    internal bool IsOurPostOffice(string name) => ours.Contains(NameKey.Fold(name));

    /// <summary>Whether a record stands behind the gateway of one of our sites, where only we write.</summary>
    internal bool IsOurs(DirectoryRecord record, CcMailEntries entries) =>
        !record.IsPostOffice && !record.IsAlias && !record.IsInternal
        && record.Location is not (DirectoryLocation.LocalUser or DirectoryLocation.RemoteUser)
        && IsOurPostOffice(record.SplitAddress(entries.KnownPostOffices).PostOffice);

    private ReadRecord Read(DirectoryRecord record, CcMailEntries entries)
    {
        // Whoever has it, the name is taken: aliases and post offices too (Q156063 2.6.12).
        var held = entries.TryHeld(record, Names, out var row) ? row : null;
        if (IsOurs(record, entries))
        {
            return held is null
                ? new ReadRecord { Fault = new EntryFault(record.Name, $"Its address “{record.Address}” cannot be read; correct it in ADMIN.") }
                : new ReadRecord { Held = held, IsOurs = true };
        }

        if (record.IsPostOffice || record.IsAlias || record.IsInternal)
        {
            return new ReadRecord { Held = held };
        }

        return entries.TryRead(record, out var entry, out var fault) ? new ReadRecord { Entry = entry, Held = held } : new ReadRecord { Held = held, Fault = fault };
    }

    // What an administrator should know about the entries that stand for our sites; those without our mark are never touched (Q156063 2.6.2).
    private IEnumerable<string> OfPostOffices(IReadOnlyList<DirectoryRecord> postOffices)
    {
        foreach (var name in OurPostOffices)
        {
            var found = postOffices.FirstOrDefault(record => NameKey.Fold(record.Name) == NameKey.Fold(name));
            if (found is null)
            {
                yield return $"{PostOffice} has no post office entry {name}. Postern adds it with the first entries behind it.";
            }
            else if (!DirectoryImport.IsMarked(found, name))
            {
                yield return $"The post office entry {name} of {PostOffice} was not made by Postern and is not changed by it. To hand it over, give it the comment “{DirectoryImport.MarkOf(name)}” in ADMIN.";
            }
        }
    }
}
