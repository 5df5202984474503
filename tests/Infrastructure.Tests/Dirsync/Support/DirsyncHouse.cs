using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Entries;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync.Support;

/// <summary>One Postern with a database, partners whose directories lie in memory, and everything that moves entries between them.</summary>
internal sealed class DirsyncHouse : IAsyncDisposable
{
    public static readonly Operator Admin = new("kim", [Role.Administrator], "");

    private readonly LiveRouting routing;
    private readonly RouteModels models;

    private DirsyncHouse(TestDatabase database)
    {
        Database = database;
        var source = database.DataSource;
        var loader = new RoutingLoader(source);
        routing = new LiveRouting(loader, TimeProvider.System, NullLogger<LiveRouting>.Instance);
        models = new RouteModels(source, loader, routing);
        var kinds = new PartnerKinds([Kind]);
        var events = new EventLog(source, NullLogger<EventLog>.Instance);
        Partners = new PartnerStore(source, kinds);
        Apply = new PlanApply(source, kinds, new OwnDirectory(), events);
        Plans = new PlanStore(source);
        Decisions = new PlanDecisions(source, kinds);
        Cycles = new DirsyncCycle(source, kinds, models, events, Apply.ContinueAsync, NullLogger<DirsyncCycle>.Instance);
        Worker = new DirsyncWorker(source, Cycles, Partners, Apply.ContinueAsync, events, TimeProvider.System, NullLogger<DirsyncWorker>.Instance);
        File = new ConfigurationFile(source, SettingsCatalog.Known);
    }

    /// <summary>Changes need nobody's consent.</summary>
    public static SyncRules Automatic { get; } = new() { ImportConsent = Free, ExportConsent = Free };

    public static ConsentRules Free => new()
    {
        Delete = ApprovalMode.Automatic,
        Move = ApprovalMode.Automatic,
        Rename = ApprovalMode.Automatic,
        Modify = ApprovalMode.Automatic,
        Add = ApprovalMode.Automatic,
        Thresholds = [],
    };

    public TestDatabase Database { get; }

    public MemoryPartner Kind { get; } = new();

    public PartnerStore Partners { get; }

    public PlanStore Plans { get; }

    public PlanDecisions Decisions { get; }

    public PlanApply Apply { get; }

    public DirsyncCycle Cycles { get; }

    public DirsyncWorker Worker { get; }

    public ConfigurationFile File { get; }

    public DirectoryView View => new(Database.DataSource);

    public static async Task<DirsyncHouse> CreateAsync(string configuration = "")
    {
        var house = new DirsyncHouse(await TestDatabase.CreateAsync());
        await house.ConfigureAsync(configuration);
        return house;
    }

    public async Task ConfigureAsync(string configuration)
    {
        if (configuration.Length > 0)
        {
            (await File.ApplyAsync(configuration, Admin, default)).Faults.ShouldBeEmpty();
        }
    }

    /// <summary>A partner whose directory has its name.</summary>
    public async Task<Partner> AddAsync(string name, SyncRules rules, string writer = "postern")
    {
        var result = await Partners.SaveAsync(new PartnerDraft(0, name, "memory", MemoryPartner.SettingsOf(name, writer), rules), null, Admin, default);
        result.Faults.ShouldBeEmpty();
        return result.Saved!;
    }

    public async Task<Partner> ChangeAsync(Partner partner, SyncRules rules)
    {
        var result = await Partners.SaveAsync(new PartnerDraft(partner.Id, partner.Name, partner.Kind, partner.Settings, rules, partner.IsEnabled), partner.Version, Admin, default);
        result.Faults.ShouldBeEmpty();
        return result.Saved!;
    }

    public async Task<CycleResult> RunAsync(Partner partner, bool isDry = false)
    {
        var result = await Cycles.RunAsync(partner.Id, isDry, default);
        result.Fault.ShouldBeEmpty();
        return result;
    }

    /// <summary>Agrees to everything that is open, and carries it out.</summary>
    public async Task ApproveAsync(long plan)
    {
        var found = (await Plans.FindAsync(plan, default))!;
        (await Decisions.ApproveAsync(plan, found.Hash, new PlanRowFilter(), null, Admin, default)).IsRefused.ShouldBeFalse();
        await Apply.ContinueAsync(plan, default);
        (await Plans.FindAsync(plan, default))!.State.ShouldBe("applied");
    }

    /// <summary>The rows of a plan as sentences.</summary>
    public async Task<IReadOnlyList<string>> SentencesAsync(long plan) => [.. (await RowsAsync(plan)).Select(row => row.Change.Sentence)];

    public Task<IReadOnlyList<PlanRow>> RowsAsync(long plan) => Plans.RowsAsync(plan, new PlanRowFilter(), 0, 100_000, default);

    /// <summary>What our directory holds, as <c>name (address) proxies &lt; giver</c>, by address.</summary>
    public Task<IReadOnlyList<string>> ListingAsync() => ReadAsync(
        """
          select e.display_name || ' (' || n.address || ')' || coalesce((select ' ' || string_agg(a.address, ' ' order by a.ordinal) from entry_address a where a.entry_id = e.id and not a.is_native), '')
                 || coalesce(' < ' || p.name, '') || case when e.is_hidden then ' hidden' else '' end
            from entry e join entry_address n on n.entry_id = e.id and n.is_native left join partner p on p.id = e.partner_id
        order by n.address collate "C"
        """);

    public Task<IReadOnlyList<string>> NotesAsync() => ReadAsync("select text from cycle_note order by id");

    public async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await row.ReadAsync())
        {
            found.Add(row.GetValue(0)?.ToString() ?? "");
        }

        return found;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Worker.Dispose();
        models.Dispose();
        routing.Dispose();
        await Database.DisposeAsync();
    }
}
