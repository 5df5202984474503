using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Dirsync.Ldap;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.CcMail;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Infrastructure.Tests.MsMail;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync.Labs;

/// <summary>One Postern with a directory server, a cc:Mail post office and an MS Mail post office; everybody is known everywhere, and every old system's programs are child processes.</summary>
internal sealed class ThreeLabs : IAsyncDisposable
{
    private const string Site =
        """
        sites:
          - name: SITE1
            smtpDomains: [site1.example]
            ccMailPostOffice: SITE1
            msMailPostOffice: POSTERN/SITE1
        """;

    private readonly CcMailLab ccMail;
    private readonly Harbor harbor = new();
    private readonly HeadquartersSide headquarters;
    private readonly RouteModels models;
    private readonly PartnerStore partners;
    private readonly DirsyncCycle cycles;

    private ThreeLabs(CcMailLab ccMail, HeadquartersSide headquarters, LabPeople people)
    {
        this.ccMail = ccMail;
        this.headquarters = headquarters;
        People = people;
        var sales = new SalesSide(ccMail);
        sales.Begin();
        Sides = [headquarters, sales, new PierSide(harbor)];
        var kinds = new PartnerKinds(
        [
            new LdapPartners((_, _) => Task.FromResult<string?>(SlapdServer.Password), TimeProvider.System),
            new CcMailPartnerKind(new CcMailLinks(Source, (_, _) => ccMail.Link)),
            new MsMailPartnerKind(new MsMailLinks(Source, _ => Link())),
        ]);
        var events = new EventLog(Source, NullLogger<EventLog>.Instance);
        models = new RouteModels(Source, new RoutingLoader(Source), LiveRouting.Fixed(RoutingTable.Empty));
        partners = new PartnerStore(Source, kinds);
        var apply = new PlanApply(Source, kinds, new OwnDirectory(), events);
        cycles = new DirsyncCycle(Source, kinds, models, events, apply.ContinueAsync, NullLogger<DirsyncCycle>.Instance);
    }

    public LabPeople People { get; }

    public IReadOnlyList<LabSide> Sides { get; }

    public NpgsqlDataSource Source => ccMail.DataSource;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<ThreeLabs> CreateAsync(int entries, Random chance)
    {
        var people = new LabPeople();
        var ccMail = await CcMailLab.CreateAsync();
        ccMail.Routes = new RoutingTable(1, [new Site("SITE1", ["site1.example"], "SITE1", "POSTERN", "SITE1")], [], [], [], new Domain.Directory.AddressBook([]));
        var labs = new ThreeLabs(ccMail, await HeadquartersSide.StartAsync(people, entries, chance), people);
        (await new ConfigurationFile(labs.Source, SettingsCatalog.Known).ApplyAsync(Site, DirsyncHouse.Admin, Ended)).Faults.ShouldBeEmpty();
        await labs.ConnectAsync("sales", "ccmail");
        await labs.ConnectAsync("pier", "msmail");
        await labs.AddAsync(0, "ldap", labs.LdapSettings, ["hq.example"], "%g %s", ("CCMAIL", "%s, %g at SITE1"), ("MS", "POSTERN/SITE1/%5s%1g"));
        await labs.AddAsync(
            1, "ccmail", new CcMailPartnerSettings { Connector = "sales", AllowsDeletes = true, CommentRule = "%o;%p" }, ["CCMAIL:SALES", "CCMAIL:DEPOT"], "%s, %g",
            ("SMTP", "%g.%s@site1.example"), ("MS", "POSTERN/SITE1/%5s%1g"));
        await labs.AddAsync(2, "msmail", labs.MsMailSettings, ["MS:HARBOR/PIER1", "MS:HARBOR/PIER2"], "%s, %g", ("SMTP", "%g.%s@site1.example"), ("CCMAIL", "%s, %g at SITE1"));
        return labs;
    }

    /// <summary>One cycle of a partner; how many changes it proposed.</summary>
    public async Task<long> CycleAsync(LabSide side)
    {
        var result = await cycles.RunAsync(side.PartnerId, isDry: false, Ended);
        result.Fault.ShouldBe("");
        return result.Changes;
    }

    /// <summary>Our own directory: the address of each entry with its name, its telephone and further addresses.</summary>
    public async Task<IReadOnlyList<OwnEntry>> OwnAsync()
    {
        await using var command = Source.CreateCommand(
            """
            select n.address, e.display_name, coalesce(substring(e.row_values from '(?:^|\n)phone=([^\n]*)'), ''), p.name, array(select a.address from entry_address a where a.entry_id = e.id and not a.is_native)
              from entry e join entry_address n on n.entry_id = e.id and n.is_native join partner p on p.id = e.partner_id
            """);
        await using var row = await command.ExecuteReaderAsync(Ended);
        var found = new List<OwnEntry>();
        while (await row.ReadAsync(Ended))
        {
            found.Add(new OwnEntry(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4)));
        }

        return found;
    }

    /// <summary>What plans since then did not do, with the reasons, and what waits.</summary>
    public async Task<IReadOnlyList<string>> TroubleAsync(long sincePlan)
    {
        await using var command = Source.CreateCommand(
            """
            select p.name || ' ' || l.direction || ' ' || l.state || ': ' || count(*) || ' rows with outcome ' || r.outcome || ', such as ' || min(coalesce(r.after_name, r.before_name)) || ': ' || min(r.outcome_text)
              from plan_row r join plan l on l.id = r.plan_id join partner p on p.id = l.partner_id
             where l.id > $1 and r.class <> 5 and r.outcome <> 2
             group by l.id, p.name, l.direction, l.state, r.outcome
            """);
        command.Parameters.Add(new() { Value = sincePlan });
        await using var row = await command.ExecuteReaderAsync(Ended);
        var found = new List<string>();
        while (await row.ReadAsync(Ended))
        {
            found.Add(row.GetString(0));
        }

        return found;
    }

    public async Task<long> LastPlanAsync()
    {
        await using var command = Source.CreateCommand("select coalesce(max(id), 0) from plan");
        return (long)(await command.ExecuteScalarAsync(Ended))!;
    }

    public async ValueTask DisposeAsync()
    {
        models.Dispose();
        await ccMail.DisposeAsync();
        harbor.Dispose();
        headquarters.Dispose();
        await headquarters.Server.DisposeAsync();
    }

    private LdapSettings LdapSettings => new()
    {
        Host = "127.0.0.1",
        Port = headquarters.Server.Port,
        Encryption = LdapEncryption.Off,
        AllowPlainText = true,
        BindDn = SlapdServer.Account,
        PasswordSecret = "directory",
        Base = HeadquartersSide.Base,
        Container = HeadquartersSide.Container,
        Overlap = TimeSpan.FromSeconds(2),
    };

    private MsMailPartnerSettings MsMailSettings => new()
    {
        Connector = "pier",
        SendsFields = true,
        ReadProgram = [LabProgram.Path, "msimport", "{administrator}", "-p{password}", "-d{path}", "-x", "-f{file}", "-l{log}", "-y"],
        WriteProgram = [LabProgram.Path, "msimport", "{administrator}", "-p{password}", "-d{path}", "-f{file}", "-a", "-c", "-t", "-l{log}", "-y"],
    };

    private async Task ConnectAsync(string name, string kind)
    {
        await using var connector = Source.Command("insert into connector (name, kind, settings) values ($1, $2, '{}')", name, kind);
        await connector.ExecuteNonQueryAsync(Ended);
    }

    private async Task AddAsync(int side, string kind, object settings, string[] homes, string names, params (string Type, string Template)[] templates)
    {
        var rules = DirsyncHouse.Automatic with
        {
            OwnedHomes = homes,
            Import = new ImportRules { AddressTemplates = templates.ToDictionary(template => template.Type, template => template.Template) },
            Export = new ExportRules { ExportsGiven = true, NameTemplate = names },
        };
        var saved = await partners.SaveAsync(
            new PartnerDraft(0, Sides[side].Name, kind, JsonSerializer.Serialize(settings, settings.GetType(), SettingsJson.Options), rules), null, DirsyncHouse.Admin, Ended);
        saved.Faults.ShouldBeEmpty();
        Sides[side].PartnerId = saved.Saved!.Id;
    }

    private MsMailLink Link()
    {
        var allowed = new AllowedPaths([AppContext.BaseDirectory], [harbor.Root]);
        var settings = new MsMailConnectorSettings
        {
            PostOfficeName = "HARBOR/PIER1",
            SiteName = "POSTERN/SITE1",
            PostOfficePath = harbor.Pier1,
            WorkFolder = Path.Combine(harbor.Root, "work"),
            TimeZone = "UTC",
        };
        return new MsMailLink(CcMailLab.ConnectorId + 1, "pier", settings, "PASSWORD", new MsMailHouse
        {
            LockFolder = Path.Combine(harbor.Root, "locks"),
            SpoolFolder = Directory.CreateDirectory(Path.Combine(harbor.Root, "spool")).FullName,
            Allowed = allowed,
            Programs = new ExternalProgram(allowed, TimeProvider.System, NullLogger<ExternalProgram>.Instance),
            Runs = new ForeignRuns(Source, "test", TimeProvider.System, NullLogger<ForeignRuns>.Instance),
            Events = new EventLog(Source, NullLogger<EventLog>.Instance),
            Database = Source,
            Routes = () => ccMail.Routes,
            HtmlToText = HtmlText.Of,
            Clock = TimeProvider.System,
        });
    }
}

/// <summary>An entry of our own directory.</summary>
internal sealed record OwnEntry(string Native, string Name, string Phone, string Giver, IReadOnlyList<string> Others);
