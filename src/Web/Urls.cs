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

    /// <summary>What happened that an operator may want to know.</summary>
    public const string EventsPath = "/events";

    /// <summary>The events that a query such as <c>severity=error</c> leaves, as a table for other programs.</summary>
    public const string EventsCsvPath = EventsPath + ".csv";

    /// <summary>What is wrong just now and asks for a person, and what was.</summary>
    public const string AlertsPath = "/alerts";

    /// <summary>Who is told of alerts, and when.</summary>
    public const string AlertSettings = AlertsPath + "/settings";

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

    /// <summary>Events; with a number, the page opens at that event.</summary>
    public static string Events(long? id = null) =>
        id is { } number ? string.Create(CultureInfo.InvariantCulture, $"{EventsPath}?at={number}") : EventsPath;

    /// <summary>Alerts, with one of them open.</summary>
    public static string Alert(long id) => string.Create(CultureInfo.InvariantCulture, $"{AlertsPath}?open={id}");

    /// <summary>The sign-in form, and where to go afterwards.</summary>
    public static string SignIn(string? returnUrl = null) =>
        returnUrl is null or Overview ? SignInPath : $"{SignInPath}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>The address to go on to, if it is one of our own; else the overview. Nobody is sent to a foreign host.</summary>
    public static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : Overview;
}
