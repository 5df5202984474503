using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>The directory of an MS Mail synchronisation server, as its answers tell it. A read takes the answers that have come and asks for the next one.</summary>
/// <remarks>
/// What is written is believed: a server does not tell a requestor its own records. It is kept until the server has confirmed it, and is sent with every mail until then.
/// </remarks>
internal sealed class RequestorDirectory : IPartnerDirectory
{
    private const int BatchSize = 500;

    private readonly MsMailLink link;
    private readonly RequestorSettings settings;
    private readonly RequestorStore store;
    private readonly ServerLists lists;
    private readonly OwnLists own;
    private readonly RequestorPost post;
    private readonly string requestor;

    public RequestorDirectory(MsMailLink link, RequestorSettings settings, RequestorStore store, AcceptMessage accept, string password)
    {
        this.link = link;
        this.settings = settings;
        this.store = store;
        requestor = settings.Requestor.Length > 0 ? settings.Requestor : link.Settings.SiteName;
        own = new OwnLists(link);
        lists = new ServerLists(store.PartnerId, settings.Entries);
        post = new RequestorPost(link, settings, store, own, accept, password, requestor);
        Names = new MsMailNames(link.Profile.CodePage);
    }

    public NameRule Names { get; }

    public TargetAbility Ability => TargetAbility.MsMail;

    public IReadOnlyList<string> AddressTypes { get; } = [MsMailAddress.TypeName];

    public bool IsReadBack => false;

    public bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault) => own.TryHold(row, settings.Entries, Names, link.Profile, out held, out fault);

    public async Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
    {
        var answers = new RequestorAnswers(link, store, lists, own, settings.Server, requestor);
        await answers.ReadAllAsync(cancellationToken);
        var sent = await post.SendAsync(mayExportAll: true, cancellationToken);
        var row = await store.FindAsync(cancellationToken);
        // Before the first full list is here nobody is missing from it.
        var isComplete = row.State.ImportSequence > 0 || row.State.ServerSequence > 0;
        foreach (var fault in answers.Faults)
        {
            await take(new ReadRecord { Fault = fault });
        }

        await foreach (var listed in lists.AllAsync(store.Database, cancellationToken))
        {
            var entry = new PartnerEntry { Name = listed.Name, Address = listed.Address, Values = listed.Values, Source = listed.Source };
            await take(new ReadRecord
            {
                Entry = entry,
                Held = DirectoryRow.TryCreate(Names, "", entry.Name, entry.Address, RowKind.Person, entry.Values, out var held, out _) ? held : null,
            });
        }

        IReadOnlyList<string> waits = isComplete ? [] : [$"{settings.Server} was asked for its whole lists and has not answered yet; nothing is known of it so far."];
        return new ReadResult(isComplete, IsChangesOnly: false, KnowsAll: isComplete, memory, [.. waits, .. answers.Notes, .. sent]);
    }

    public async Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        var all = await steps.Select(RecordOf).ToListAsync(cancellationToken);
        var fresh = await FreshAsync(all, cancellationToken);
        foreach (var batch in all.Chunk(BatchSize))
        {
            await QueueAsync(batch, fresh, done, cancellationToken);
        }

        if (all.Count > 0)
        {
            await post.SendAsync(mayExportAll: false, cancellationToken);
        }

        return memory;
    }

    public async Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var checks = new List<PartnerCheck>();
        var server = MailAddress.Parse($"MS:{settings.Server}/{MsMailAddressText.SystemMailbox}");
        var isRouted = link.House.Routes().Resolve(server) is Domain.Routing.RouteDecision.Routed;
        checks.Add(new PartnerCheck(isRouted, isRouted ? $"Mail finds its way to {server}." : $"No route leads to {server}. Add the post office {settings.Server} under Routing."));
        var isSite = own.HasHome(SystemMail.HomeKeyOf(requestor));
        checks.Add(new PartnerCheck(isSite, isSite
            ? $"{requestor} is one of our sites; {settings.Server} must have exactly this name registered."
            : $"{requestor} is the MS Mail name of none of our sites, so answers to it would not be ours."));
        var status = RequestorStatus.Of(await store.FindAsync(cancellationToken), settings, link.House.Clock.GetUtcNow());
        checks.AddRange(status.Findings.Select(finding => new PartnerCheck(finding.Press == Domain.Directory.Dirsync.RequestorButton.None, finding.Sentence)));
        return [.. checks.OrderBy(check => check.IsGood)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private QueuedStep RecordOf(WriteStep step)
    {
        var record = settings.Entries.Write(step.Step);
        var text = RequestorPost.TextOf(record, link.Profile);
        return new QueuedStep(
            new StepResult(step.Ordinal, step.Step.Kind, text.Length > 0 ? "" : $"{record.Alias} cannot be written as a record of MS Mail."), RequestorPost.KeyOf(record), text);
    }

    // What waits of an address may end with what is to be said of it now: then a process ended before it could report that. A delete that was put again behind the add of a
    // namesake would take that one out, because a server knows names.
    private async Task<HashSet<QueuedStep>> FreshAsync(IReadOnlyList<QueuedStep> steps, CancellationToken cancellationToken)
    {
        var said = await store.SaidAsync(steps.Select(step => step.AddressKey), cancellationToken);
        var fresh = new HashSet<QueuedStep>();
        foreach (var group in steps.Where(step => step.Record.Length > 0).GroupBy(step => step.AddressKey, StringComparer.Ordinal))
        {
            var (now, before) = (group.ToList(), said[group.Key].ToList());
            var known = Enumerable.Range(0, Math.Min(now.Count, before.Count) + 1).Last(count => before.TakeLast(count).SequenceEqual(now.Take(count).Select(step => step.Record)));
            fresh.UnionWith(now.Skip(known));
        }

        return fresh;
    }

    // Numbers are given and steps are reported after the commit: what is reported done is sent until it is confirmed.
    private async Task QueueAsync(QueuedStep[] batch, HashSet<QueuedStep> fresh, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        var records = batch.Where(fresh.Contains).Select(step => (step.AddressKey, step.Record)).ToList();
        if (records.Count > 0)
        {
            await using var connection = await store.Database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var row = await store.LockAsync(connection, cancellationToken);
            await store.AppendAsync(connection, row.State.LastNumber, records, cancellationToken);
            await store.SaveAsync(connection, Domain.Directory.Dirsync.ForeignRequestor.Queue(row.State, records.Count), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        foreach (var step in batch)
        {
            await done(step.Result);
        }
    }

    private sealed record QueuedStep(StepResult Result, string AddressKey, string Record);
}
