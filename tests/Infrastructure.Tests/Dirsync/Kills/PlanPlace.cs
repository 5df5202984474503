using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Dirsync.Ldap;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>Where everything lies that a process needs to carry out plans: the database, the folders of two post offices, and a folder with tables.</summary>
internal sealed record PlanPlace(string Database, string Sales, string Harbor, string Tables)
{
    private static readonly RoutingTable Routes = new(1, [new Site("SITE1", ["site1.example"], "SITE1", "POSTERN", "SITE1")], [], [], [], new Domain.Directory.AddressBook([]));

    /// <summary>An old program has one of the post offices, whoever started it.</summary>
    public bool HasProgramAtWork => new[] { LocksOf(Sales), LocksOf(Harbor) }.Where(Directory.Exists).SelectMany(Directory.GetFiles).Any(ExternalProgram.IsLocked);

    /// <summary>Every kind of partner, as a server has them.</summary>
    public PartnerKinds KindsOf(NpgsqlDataSource database)
    {
        var allowed = new AllowedPaths([AppContext.BaseDirectory], [Sales, Harbor, Tables]);
        var programs = new ExternalProgram(allowed, TimeProvider.System, NullLogger<ExternalProgram>.Instance);
        var runs = new ForeignRuns(database, "test", TimeProvider.System, NullLogger<ForeignRuns>.Instance);
        var events = new EventLog(database, NullLogger<EventLog>.Instance);
        return new PartnerKinds(
        [
            new LdapPartners((_, _) => Task.FromResult<string?>(SlapdServer.Password), TimeProvider.System),
            new CsvPartners(allowed, TimeProvider.System),
            new CcMailPartnerKind(new CcMailLinks(database, (connector, _) => new CcMailLink(
                connector.Id, connector.Name, CcMailSettings, "LAB", LocksOf(Sales), Spool(Sales), allowed, programs, runs, events, database, () => Routes, HtmlText.Of, TimeProvider.System))),
            new MsMailPartnerKind(new MsMailLinks(database, connector => new MsMailLink(connector.Id, connector.Name, MsMailSettings, "PASSWORD", new MsMailHouse
            {
                LockFolder = LocksOf(Harbor),
                SpoolFolder = Spool(Harbor),
                Allowed = allowed,
                Programs = programs,
                Runs = runs,
                Events = events,
                Database = database,
                Routes = () => Routes,
                HtmlToText = HtmlText.Of,
                Clock = TimeProvider.System,
            }))),
        ]);
    }

    private CcMailConnectorSettings CcMailSettings => new()
    {
        PostOfficeName = "SALES",
        SiteName = "SITE1",
        TimeZone = "UTC",
        PostOfficePath = Path.Combine(Sales, "SALES"),
        WorkFolder = Path.Combine(Sales, "work"),
        ImportProgram = [LabProgram.Path, "import", "/N{site}", "/P{password}", "/D{path}", "/BATCH", "/ITEMSIZE", "/PARTIAL", "/FILES/MACBIN2", "/@{file}"],
        ExportProgram = [LabProgram.Path, "export", "/N{site}", "/P{password}", "/D{path}", "/BATCH", "/ITEMSIZE", "/FORMAT/FAN", "/FILES/MACBIN2", "/@{file}"],
    };

    private MsMailConnectorSettings MsMailSettings => new()
    {
        PostOfficeName = "HARBOR/PIER1",
        SiteName = "POSTERN/SITE1",
        PostOfficePath = Path.Combine(Harbor, "HARBOR", "PIER1"),
        WorkFolder = Path.Combine(Harbor, "work"),
        TimeZone = "UTC",
    };

    private static string LocksOf(string folder) => Path.Combine(folder, "locks");

    private static string Spool(string folder) => Directory.CreateDirectory(Path.Combine(folder, "spool")).FullName;
}
