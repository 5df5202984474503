using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Dirsync.Ldap;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Infrastructure.Tests.Lab;
using Postern.Infrastructure.Tests.MsMail;
using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;
using EventCodes = Postern.Infrastructure.Events.EventCodes;
using EventLog = Postern.Infrastructure.Events.EventLog;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>One Postern that takes everybody from a table and writes them into four directories; its plans are made here, and carried out by processes that are killed.</summary>
internal sealed class KillHouse : IAsyncDisposable
{
    private const string Configuration =
        """
        sites:
          - name: SITE1
            smtpDomains: [site1.example]
            ccMailPostOffice: SITE1
            msMailPostOffice: POSTERN/SITE1
        """;

    private const string ProgressSql =
        """
        -- how far a plan has come
          select p.state, count(*) filter (where r.outcome <> 0) + count(*) filter (where r.outcome = 2), count(*) filter (where r.verdict = 'approved' and r.outcome in (0, 1)),
                 (select count(*) from program_run), (select last_value from entry_change_id_seq) - (select count(*) from entry_change),
                 exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())),
                 exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_xid is not null)
            from plan p join plan_row r on r.plan_id = p.id and r.class <> 5
           where p.id = $1
        group by p.id
        """;

    private readonly TestDatabase database;
    private readonly SlapdServer? server;
    private readonly LabPostOffice sales = new();
    private readonly Harbor harbor = new();
    private readonly TestFolder tables = new();
    private readonly ContainerSide? container;
    private readonly RouteModels models;
    private readonly PartnerStore partners;
    private readonly PlanApply apply;
    private readonly DirsyncCycle cycles;

    private KillHouse(TestDatabase database, SlapdServer? server)
    {
        (this.database, this.server) = (database, server);
        Place = new PlanPlace(database.ConnectionString, Path.GetFullPath(sales.At("..")), harbor.Root, tables.Path);
        var kinds = Place.KindsOf(Source);
        var events = new EventLog(Source, NullLogger<EventLog>.Instance);
        models = new RouteModels(Source, new RoutingLoader(Source), LiveRouting.Fixed(RoutingTable.Empty));
        partners = new PartnerStore(Source, kinds);
        apply = new PlanApply(Source, kinds, new OwnDirectory(), events);
        // A cycle only makes plans here.
        cycles = new DirsyncCycle(Source, kinds, models, events, (_, _) => Task.FromResult(false), NullLogger<DirsyncCycle>.Instance);
        Sides = [new OwnSide(Source), new SalesDirectorySide(Source, sales.Folder)];
        if (server is not null)
        {
            container = new ContainerSide(Source, server);
            Sides = [.. Sides, new TableSide(Source, tables["payroll.csv"]), container, new PierListSide(Source, harbor.Pier1)];
        }

        File.WriteAllText(sales.At("directory.txt"), new DirectoryEntry("SALES", 'P', "", "").ToText());
    }

    public PlanPlace Place { get; }

    /// <summary>Our own directory first, because the others follow it.</summary>
    public IReadOnlyList<KillSide> Sides { get; }

    public KillPeople People { get; } = new();

    private NpgsqlDataSource Source => database.DataSource;

    /// <summary>With so many people, who stand everywhere already.</summary>
    /// <param name="hasAll">Every kind of directory is there; else ours and that of SALES.</param>
    public static async Task<KillHouse> CreateAsync(int people, bool hasAll, Random chance)
    {
        var server = hasAll ? await SlapdServer.StartAsync(writer => writer.Write($"dn: {ContainerSide.Container}\nobjectClass: organizationalUnit\nou: Ours\n\n")) : null;
        var house = new KillHouse(await TestDatabase.CreateAsync(), server);
        try
        {
            await house.FurnishAsync(people, chance);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the source say what the model says.</summary>
    public void WritePeople() => People.Write(tables["people.csv"]);

    /// <summary>Runs a cycle; the plan that it approved, which nobody has begun to carry out.</summary>
    public async Task<long> ProposeAsync(KillSide side)
    {
        var result = await cycles.RunAsync(side.PartnerId, isDry: false, default);
        result.Fault.ShouldBe("");
        result.Changes.ShouldBeGreaterThan(0);
        return result.Plans.ShouldHaveSingleItem();
    }

    /// <summary>A cycle whose plan is carried out at once, by nobody who is killed.</summary>
    public async Task BringAsync(KillSide side) => (await apply.ContinueAsync(await ProposeAsync(side), default)).ShouldBeTrue();

    public async Task<PlanProgress> ProgressAsync(long plan)
    {
        await using var command = Source.Command(ProgressSql, plan);
        await using var row = await command.ExecuteReaderAsync();
        (await row.ReadAsync()).ShouldBeTrue();
        return new PlanProgress(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetBoolean(5), row.GetBoolean(6));
    }

    /// <summary>Where a process was that has just been killed.</summary>
    /// <param name="before">The progress when it was started.</param>
    public async Task<KillPhase> JudgeAsync(KillSide side, long plan, PlanProgress before)
    {
        var isProgramAtWork = Place.HasProgramAtWork;
        var after = await QuietAsync(plan);
        return after.State == "approved" ? KillPhase.BeforeItBegan
            : after.State != "applying" ? KillPhase.AfterThePlanEnded
            : isProgramAtWork ? KillPhase.WhileAnOldProgramWasAtWork
            : after.Lost > before.Lost ? KillPhase.WithinATransaction
            : after.Left == 0 ? KillPhase.AfterTheLastRow
            : await IsAheadAsync(side) ? KillPhase.BetweenWriteAndRecord
            : after.Recorded == 0 ? KillPhase.BeforeTheFirstRow
            : KillPhase.BetweenTwoRecords;
    }

    /// <summary>Kills the old program that outlived the process, too, as when a machine goes down.</summary>
    public async Task KillOldProgramAsync()
    {
        await using var command = Source.Command("select pid, pid_started from program_run where pid is not null and ended_at is null order by id desc limit 1");
        await using var row = await command.ExecuteReaderAsync();
        if (await row.ReadAsync() && new ForeignProcess(row.GetInt32(0), row.GetInt64(1)) is { IsAlive: true } program)
        {
            using var kill = Process.Start("/usr/bin/kill", ["-KILL", $"{program.Id}"]);
            await kill.WaitForExitAsync();
        }
    }

    /// <summary>Every change of a plan that has ended is in the directory once and in the history once, and the next cycle has nothing to propose.</summary>
    public async Task CheckAsync(KillSide side, long plan, string where)
    {
        (await TextAsync("select state || ' ' || fault from plan where id = $1", plan)).ShouldBe("applied ", where);
        var rows = (await TextAsync("select count(*)::text from plan_row where plan_id = $1", plan))!;
        (await TextAsync("select count(*) filter (where outcome = 2) || ' done, ' || count(*) filter (where outcome_text <> '') || ' refused' from plan_row where plan_id = $1", plan))
            .ShouldBe($"{rows} done, 0 refused", where);
        (await TextAsync("select count(*) || ' ' || count(distinct ordinal) from entry_change where plan_id = $1", plan)).ShouldBe($"{rows} {rows}", where);
        (await TextAsync("select count(*)::text from flapping where partner_id = $1 and streak > 2", side.PartnerId)).ShouldBe("0", where);
        (await TextAsync("select count(*)::text from event where code = $2 and details->>'plan' = $1::text", plan, EventCodes.PlanApplied)).ShouldBe("1", where);
        (await side.ListedAsync()).Order(StringComparer.Ordinal).ShouldBe(People.All.Select(side.LineOf).Order(StringComparer.Ordinal), false, where);
        side.Complaints().ShouldBeEmpty(where);
        var next = await cycles.RunAsync(side.PartnerId, isDry: false, default);
        (next.Fault, next.Changes).ShouldBe(("", 0L), where);
    }

    public async ValueTask DisposeAsync()
    {
        models.Dispose();
        container?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        await database.DisposeAsync();
        sales.Dispose();
        harbor.Dispose();
        tables.Dispose();
    }

    private static LdapSettings LdapSettingsOf(SlapdServer server) => new()
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Encryption = LdapEncryption.Off,
        AllowPlainText = true,
        BindDn = SlapdServer.Account,
        PasswordSecret = "directory",
        Container = ContainerSide.Container,
    };

    private static MsMailPartnerSettings MsMailSettings => new()
    {
        Connector = "pier",
        SendsFields = true,
        ReadProgram = [LabProgram.Path, "msimport", "{administrator}", "-p{password}", "-d{path}", "-x", "-f{file}", "-l{log}", "-y"],
        WriteProgram = [LabProgram.Path, "msimport", "{administrator}", "-p{password}", "-d{path}", "-f{file}", "-a", "-c", "-t", "-l{log}", "-y"],
    };

    private async Task FurnishAsync(int people, Random chance)
    {
        (await new ConfigurationFile(Source, SettingsCatalog.Known).ApplyAsync(Configuration, DirsyncHouse.Admin, default)).Faults.ShouldBeEmpty();
        await ConnectAsync("sales", "ccmail");
        await ConnectAsync("pier", "msmail");
        await AddAsync(
            0, "csv", new CsvSettings { ReadFile = tables["people.csv"], Rest = TimeSpan.Zero }, DirsyncHouse.Automatic with { GivesEntries = false, OwnedHomes = ["people.example"] });
        var gives = DirsyncHouse.Automatic with { TakesEntries = false, Export = new ExportRules { ExportsGiven = true } };
        await AddAsync(1, "ccmail", new CcMailPartnerSettings { Connector = "sales", AllowsDeletes = true, CommentRule = "%o;%p" }, gives);
        if (server is not null)
        {
            await AddAsync(2, "csv", new CsvSettings { WriteFile = tables["payroll.csv"], Rest = TimeSpan.Zero }, gives);
            await AddAsync(3, "ldap", LdapSettingsOf(server), gives);
            await AddAsync(4, "msmail", MsMailSettings, gives);
        }

        for (var i = 0; i < people; i++)
        {
            People.Add(chance);
        }

        WritePeople();
        await BringAsync(Sides[0]);
        await Task.WhenAll(Sides.Skip(1).Select(BringAsync));
    }

    // The server sees that its client is gone when it has done with the statement; until then it may still commit.
    private async Task<PlanProgress> QuietAsync(long plan)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (true)
        {
            if (await ProgressAsync(plan) is { IsTaken: false } progress)
            {
                return progress;
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<bool> IsAheadAsync(KillSide side) =>
        await side.RecordedAsync() is { } recorded && !(await side.ListedAsync()).Order(StringComparer.Ordinal).SequenceEqual(recorded.Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private async Task<string?> TextAsync(string sql, params object[] values)
    {
        await using var command = Source.Command(sql, values);
        return (string?)await command.ExecuteScalarAsync();
    }

    private async Task ConnectAsync(string name, string kind)
    {
        await using var connector = Source.Command("insert into connector (name, kind, settings) values ($1, $2, '{}')", name, kind);
        await connector.ExecuteNonQueryAsync();
    }

    private async Task AddAsync(int side, string kind, object settings, SyncRules rules)
    {
        var draft = new PartnerDraft(0, Sides[side].Name, kind, JsonSerializer.Serialize(settings, settings.GetType(), SettingsJson.Options), rules);
        var saved = await partners.SaveAsync(draft, null, DirsyncHouse.Admin, default);
        saved.Faults.ShouldBeEmpty();
        Sides[side].PartnerId = saved.Saved!.Id;
    }
}
