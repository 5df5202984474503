using System.Globalization;

namespace Postern.Web;

/// <summary>Every address of the console. No page puts a path together by itself, so a link that compiles leads somewhere.</summary>
public static class Urls
{
    /// <summary>Books, where mail waits and why, connectors.</summary>
    public const string Overview = "/";

    /// <summary>Page of the queue; <see cref="Queue"/> adds the view.</summary>
    public const string QueuePath = "/queue";

    /// <summary>Messages: the newest, or those a search finds; with a number behind it, one of them.</summary>
    public const string MessagePath = "/messages";

    /// <summary>Configured connectors.</summary>
    public const string Connectors = "/connectors";

    /// <summary>People, lists and boards with their addresses.</summary>
    public const string DirectoryPath = "/directory";

    /// <summary>Parts of the backbone.</summary>
    public const string Sites = "/sites";

    /// <summary>Post offices and how they are reached.</summary>
    public const string PostOffices = "/post-offices";

    /// <summary>Where mail comes in by SMTP.</summary>
    public const string Listeners = "/listeners";

    /// <summary>What happened that an operator may want to know.</summary>
    public const string EventsPath = "/events";

    /// <summary>The deliveries that were set aside as poison.</summary>
    public const string Quarantine = QueuePath + "?state=quarantined";

    /// <summary>The form that starts a session.</summary>
    public const string SignInPath = "/sign-in";

    /// <summary>The form that replaces a password.</summary>
    public const string ChangePassword = "/change-password";

    /// <summary>Ends the session; takes only POST.</summary>
    public const string SignOut = "/sign-out";

    /// <summary>The script module of the console.</summary>
    public const string ScriptModule = "/console.js";

    /// <summary>The sprite of all icons.</summary>
    public const string Icons = "icons.svg";

    /// <summary>Deliveries that match a query such as <c>state=held</c>; the URL is the view.</summary>
    public static string Queue(string query = "") => query.Length == 0 ? QueuePath : $"{QueuePath}?{query}";

    /// <summary>One message with all its deliveries.</summary>
    public static string Message(long id) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}");

    /// <summary>One message, with one of its deliveries chosen.</summary>
    public static string Message(long id, long deliveryId) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}?delivery={deliveryId}");

    /// <summary>The message as it was accepted, as a file.</summary>
    public static string MessageRaw(long id) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/raw");

    /// <summary>One part of a message, decoded, as a file.</summary>
    public static string MessagePart(long id, int number) => string.Create(CultureInfo.InvariantCulture, $"{MessagePath}/{id}/parts/{number}");

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

    /// <summary>Events; with a number, the page opens at that event.</summary>
    public static string Events(long? id = null) =>
        id is { } number ? string.Create(CultureInfo.InvariantCulture, $"{EventsPath}?at={number}") : EventsPath;

    /// <summary>The sign-in form, and where to go afterwards.</summary>
    public static string SignIn(string? returnUrl = null) =>
        returnUrl is null or Overview ? SignInPath : $"{SignInPath}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>The address to go on to, if it is one of our own; else the overview. Nobody is sent to a foreign host.</summary>
    public static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : Overview;
}
