using System.Globalization;

namespace Postern.Web;

/// <summary>Every address of the console. No page puts a path together by itself, so a link that compiles leads somewhere.</summary>
public static class Urls
{
    /// <summary>Books, where mail waits and why, connectors.</summary>
    public const string Overview = "/";

    /// <summary>Page of the queue; <see cref="Queue"/> adds the view.</summary>
    public const string QueuePath = "/queue";

    /// <summary>Page of one message; its number follows.</summary>
    public const string MessagePath = "/messages";

    /// <summary>Configured connectors.</summary>
    public const string Connectors = "/connectors";

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

    /// <summary>What a text of the trace box leads to: every delivery, waiting or past, that carries it.</summary>
    public static string Trace(string text) => $"{QueuePath}?state=all&find={Uri.EscapeDataString(text)}";

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
