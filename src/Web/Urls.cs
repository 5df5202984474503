using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace Postern.Web;

/// <summary>Every address of the console. No page puts a path together by itself, so a link that compiles leads somewhere.</summary>
public static class Urls
{
    /// <summary>Books, where mail waits and why, connectors.</summary>
    public const string Overview = "/";

    /// <summary>Does every accepted recipient stand somewhere, day by day.</summary>
    public const string BooksPath = "/books";

    /// <summary>Page of the queue; <see cref="Queue"/> adds the view.</summary>
    public const string QueuePath = "/queue";

    /// <summary>The queue as a file for a spreadsheet.</summary>
    public const string QueueFilePath = "/queue.csv";

    /// <summary>Messages: the newest, or those a search finds; with a number behind it, one of them.</summary>
    public const string MessagePath = "/messages";

    /// <summary>Configured connectors.</summary>
    public const string Connectors = "/connectors";

    /// <summary>People, lists and boards with their addresses.</summary>
    public const string DirectoryPath = "/directory";

    /// <summary>Proposed changes of directories; with a number behind it, one of them.</summary>
    public const string PlansPath = "/plans";

    /// <summary>Directories of other systems that entries are exchanged with; with a name behind it, one of them.</summary>
    public const string PartnersPath = "/partners";

    /// <summary>Parts of the backbone.</summary>
    public const string Sites = "/sites";

    /// <summary>Post offices and how they are reached.</summary>
    public const string PostOffices = "/post-offices";

    /// <summary>The map of routes, and what each post office must know.</summary>
    public const string RoutesPath = "/routes";

    /// <summary>Where a mail goes hop by hop, and how the answer comes back.</summary>
    public const string ExplainPath = RoutesPath + "/explain";

    /// <summary>What to enter at each post office.</summary>
    public const string SheetsPath = RoutesPath + "/sheets";

    /// <summary>A post office's own table beside what is believed of it.</summary>
    public const string ListingPath = RoutesPath + "/listing";

    /// <summary>Routing that was in force, and a way back to it.</summary>
    public const string RouteHistoryPath = RoutesPath + "/history";

    /// <summary>Drafts of routing; with a number behind it, one of them.</summary>
    public const string DraftsPath = RoutesPath + "/drafts";

    /// <summary>Where mail comes in by SMTP.</summary>
    public const string Listeners = "/listeners";

    /// <summary>What happened that an operator may want to know.</summary>
    public const string EventsPath = "/events";

    /// <summary>What was set aside, by cause.</summary>
    public const string QuarantinePath = "/quarantine";

    /// <summary>The deliveries that were set aside, as a list of the queue.</summary>
    public const string QuarantineList = QueuePath + "?state=quarantined";

    /// <summary>What operators did to the queue.</summary>
    public const string Operations = "/operations";

    /// <summary>Accounts, roles and sessions.</summary>
    public const string PeoplePath = "/people";

    /// <summary>Who did what.</summary>
    public const string AuditPath = "/audit";

    /// <summary>Who gets the head of the audit, and the check against one.</summary>
    public const string AuditHead = "/audit?head=1";

    /// <summary>The same as a file.</summary>
    public const string AuditFilePath = "/audit/file.csv";

    /// <summary>One's own account.</summary>
    public const string Account = "/account";

    /// <summary>The form that sets up, or gives up, a second step of one's own sign-in.</summary>
    public const string SecondStep = "/account/second-step";

    /// <summary>The form that asks for the code of the second step.</summary>
    public const string SignInCode = "/sign-in/code";

    /// <summary>Begins a sign-in at the other system; a link of the form.</summary>
    public const string SingleSignOn = "/sign-in/other";

    /// <summary>The events that a query such as <c>severity=error</c> leaves, as a table for other programs.</summary>
    public const string EventsCsvPath = EventsPath + ".csv";

    /// <summary>What is wrong just now and asks for a person, and what was.</summary>
    public const string AlertsPath = "/alerts";

    /// <summary>Who is told of alerts, and when.</summary>
    public const string AlertSettings = AlertsPath + "/settings";

    /// <summary>The form that starts a session.</summary>
    public const string SignInPath = "/sign-in";

    /// <summary>The form that replaces a password.</summary>
    public const string ChangePassword = "/change-password";

    /// <summary>Keys with which programs use the API: one's own, and for administrators everybody's.</summary>
    public const string Keys = "/account/keys";

    /// <summary>The keys of everybody.</summary>
    public const string AllKeys = Keys + "?all";

    /// <summary>The description of the API for programs.</summary>
    public const string ApiDocument = "/openapi/v1.json";

    /// <summary>Ends the session; takes only POST.</summary>
    public const string SignOut = "/sign-out";

    /// <summary>The script module of the console.</summary>
    public const string ScriptModule = "/console.js";

    /// <summary>The sprite of all icons.</summary>
    public const string Icons = "icons.svg";

    /// <summary>The overview with its throughput over a time, every chart, and one of them as a table.</summary>
    public static string OverviewOf(string over, bool allCharts, string figures) =>
        Overview + new QueryBuilder(Parts(("over", over), ("charts", allCharts ? "all" : ""), ("figures", figures))).ToQueryString().Value;

    /// <summary>The books, with one UTC day open, and with all numbers in which it differs.</summary>
    public static string Books(DateOnly? day = null, bool all = false) => day is { } open
        ? string.Create(CultureInfo.InvariantCulture, $"{BooksPath}?day={open:yyyy-MM-dd}{(all ? "&numbers=all" : "")}") : BooksPath;

    /// <summary>Deliveries that match a query such as <c>state=held</c>; the URL is the view.</summary>
    public static string Queue(string query = "") => query.Length == 0 ? QueuePath : $"{QueuePath}?{query}";

    /// <summary>What an address of the queue page shows, as a file for a spreadsheet.</summary>
    public static string QueueFile(string view) => QueueFilePath + view[QueuePath.Length..];

    /// <summary>What was set aside: a cause, and one delivery of it.</summary>
    public static string Quarantine(string cause = "", long? open = null, string by = "") =>
        QuarantinePath + new QueryBuilder(Parts(("by", by), ("cause", cause), ("open", open?.ToString(CultureInfo.InvariantCulture) ?? ""))).ToQueryString().Value;

    /// <summary>What was set aside, with one file of a connector's folder open.</summary>
    public static string SetAsideFile(string key) => $"{QuarantinePath}?file={Uri.EscapeDataString(key)}";

    /// <summary>A file that was set aside, as it lies there.</summary>
    public static string SetAsideDownload(string connector, string name) =>
        $"{QuarantinePath}/files/{Uri.EscapeDataString(connector)}?name={Uri.EscapeDataString(name)}";

    /// <summary>One message with all its deliveries.</summary>
    public static string Message(long id) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}");

    /// <summary>One message, with one of its deliveries chosen.</summary>
    public static string Message(long id, long deliveryId) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}?delivery={deliveryId}");

    /// <summary>The operations, with one of them open.</summary>
    public static string Operation(long id) => string.Create(CultureInfo.InvariantCulture, $"{Operations}?open={id}");

    /// <summary>The message as it was accepted, as a file.</summary>
    public static string MessageRaw(long id) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/raw");

    /// <summary>One part of a message, decoded, as a file.</summary>
    public static string MessagePart(long id, int number) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/parts/{number}");

    /// <summary>A changed copy of a message, as a file.</summary>
    public static string MessageVersion(long id, long version) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/versions/{version}");

    /// <summary>The exact file a message went or came in, as far as a copy is kept.</summary>
    public static string MessageRun(long id, long run, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/runs/{run}?name={Uri.EscapeDataString(name)}");

    /// <summary>What IMPORT wrote about a message it refused.</summary>
    public static string MessageRefusal(long id, long run, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/refusals/{run}?name={Uri.EscapeDataString(name)}");

    /// <summary>What a text of the trace box leads to: the messages that carry it, of the last week or of all that is kept.</summary>
    public static string Trace(string text, bool all = false) => $"{MessagePath}?q={Uri.EscapeDataString(text)}{(all ? "&within=all" : "")}";

    /// <summary>The connectors, with one of them open.</summary>
    public static string Connector(string name) => $"{Connectors}?open={Uri.EscapeDataString(name)}";

    /// <summary>The settings of one connector.</summary>
    public static string ConnectorSettings(string name, string? tab = null) =>
        $"{Connectors}/{Uri.EscapeDataString(name)}{(tab is null ? "" : $"?tab={Uri.EscapeDataString(tab)}")}";

    /// <summary>A new connector of a kind, with the values of another when one is named.</summary>
    public static string NewConnector(string kind, string? from = null) => $"{Connectors}/new?kind={kind}{(from is null ? "" : $"&from={Uri.EscapeDataString(from)}")}";

    /// <summary>A file that capture mode has kept.</summary>
    public static string ConnectorCopy(long id) => string.Create(CultureInfo.InvariantCulture, $"{Connectors}/copies/{id}");

    /// <summary>Entries of the directory; with a number, that one is open.</summary>
    public static string Directory(long? id = null) => id is { } number ? string.Create(CultureInfo.InvariantCulture, $"{DirectoryPath}?open={number}") : DirectoryPath;

    /// <summary>Old addresses and the mail that still comes to them.</summary>
    /// <param name="view">used, unused, or empty for all.</param>
    public static string OldAddresses(string view = "", long? entry = null, string after = "")
    {
        List<string> query = [.. view.Length > 0 ? [$"view={view}"] : Array.Empty<string>()];
        if (entry is { } id)
        {
            query.Add(string.Create(CultureInfo.InvariantCulture, $"entry={id}"));
        }

        if (after.Length > 0)
        {
            query.Add($"after={Uri.EscapeDataString(after)}");
        }

        return query.Count == 0 ? $"{DirectoryPath}/old-addresses" : $"{DirectoryPath}/old-addresses?{string.Join('&', query)}";
    }

    /// <summary>The plans that match a query such as <c>partner=site-ldap</c>.</summary>
    public static string Plans(string query = "") => query.Length == 0 ? PlansPath : $"{PlansPath}?{query}";

    /// <summary>One plan; with a number, that row of it is open.</summary>
    public static string Plan(long id, int? row = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{PlansPath}/{id}") + (row is { } ordinal ? string.Create(CultureInfo.InvariantCulture, $"?row={ordinal}&tab=row") : "");

    /// <summary>The rows of a plan with what was decided about them, as a file for a spreadsheet.</summary>
    public static string PlanFile(long id) => string.Create(CultureInfo.InvariantCulture, $"{PlansPath}/{id}.csv");

    /// <summary>The partners, with one of them open.</summary>
    public static string Partner(string name) => $"{PartnersPath}?open={Uri.EscapeDataString(name)}";

    /// <summary>The page of one partner.</summary>
    public static string PartnerPage(string name, string tab = "") => $"{PartnersPath}/{Uri.EscapeDataString(name)}{(tab.Length == 0 ? "" : $"?tab={Uri.EscapeDataString(tab)}")}";

    /// <summary>A new partner of a kind.</summary>
    public static string NewPartner(string kind) => $"{PartnersPath}/new?kind={Uri.EscapeDataString(kind)}";

    /// <summary>Events; with a number, the page opens at that event.</summary>
    public static string Events(long? id = null) =>
        id is { } number ? string.Create(CultureInfo.InvariantCulture, $"{EventsPath}?at={number}") : EventsPath;

    /// <summary>The people, with one of them open.</summary>
    public static string Person(long? id = null) =>
        id is { } number ? string.Create(CultureInfo.InvariantCulture, $"{PeoplePath}?open={number}") : PeoplePath;

    /// <summary>Acts that match a query such as <c>actor=kim</c>.</summary>
    public static string Audit(string query = "") => query.Length == 0 ? AuditPath : $"{AuditPath}?{query}";

    /// <summary>The same acts as a file.</summary>
    public static string AuditFile(string query = "") => query.Length == 0 ? AuditFilePath : $"{AuditFilePath}?{query}";

    /// <summary>Alerts, with one of them open.</summary>
    public static string Alert(long id) => string.Create(CultureInfo.InvariantCulture, $"{AlertsPath}?open={id}");

    /// <summary>The sign-in form, and where to go afterwards.</summary>
    public static string SignIn(string? returnUrl = null) =>
        returnUrl is null or Overview ? SignInPath : $"{SignInPath}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>The sign-in form, with why the other system let nobody in.</summary>
    public static string SignInRefused(Security.SingleSignOnRefusal refusal) => $"{SignInPath}?refused={refusal}";

    /// <summary>Where the button for the other system leads.</summary>
    public static string SignInElsewhere(string? returnUrl = null) =>
        returnUrl is null or Overview ? SingleSignOn : $"{SingleSignOn}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>The form that asks for the code, and where to go afterwards.</summary>
    public static string Code(string? returnUrl = null) =>
        returnUrl is null or Overview ? SignInCode : $"{SignInCode}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>The routes, with a table, narrowed to a post office, with one of its rows open.</summary>
    public static string Routes(string view = "", string of = "", string open = "") =>
        RoutesPath + new QueryBuilder(Parts(("view", view), ("of", of), ("open", open))).ToQueryString().Value;

    /// <summary>A mail to an address, written at a post office or, where none is named, on the backbone.</summary>
    public static string Explain(string address, string from = "") => ExplainPath + new QueryBuilder(Parts(("address", address), ("from", from))).ToQueryString().Value;

    /// <summary>The change sheets, with that of a post office.</summary>
    public static string Sheet(string of = "") => SheetsPath + new QueryBuilder(Parts(("of", of))).ToQueryString().Value;

    /// <summary>Versions of routing, with one of them open.</summary>
    public static string RouteVersion(long version) => string.Create(CultureInfo.InvariantCulture, $"{RouteHistoryPath}?open={version}");

    /// <summary>A draft of routing, with a table and something of it open.</summary>
    public static string Draft(long id, string view = "", string open = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{DraftsPath}/{id}") + new QueryBuilder(Parts(("view", view), ("open", open))).ToQueryString().Value;

    private static IEnumerable<KeyValuePair<string, string>> Parts(params (string Name, string Value)[] parts) =>
        parts.Where(part => part.Value.Length > 0).Select(part => KeyValuePair.Create(part.Name, part.Value));

    /// <summary>The address to go on to, if it is one of our own; else the overview. Nobody is sent to a foreign host.</summary>
    public static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : Overview;
}
