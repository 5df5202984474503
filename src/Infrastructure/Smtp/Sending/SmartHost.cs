using System.Globalization;
using System.Net;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>A host that takes our mail, and what is remembered of it: whether it was down lately, and its idle conversations.</summary>
internal sealed class SmartHost
{
    // A dead host is tried last for this long, so that not every message waits for its connect time limit.
    private static readonly TimeSpan DownFor = TimeSpan.FromSeconds(60);

    private long downUntil;

    private SmartHost(string name, int port)
    {
        Name = name;
        Port = port;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Guarded by the pool.</summary>
    public Stack<SmtpConversation> Idle { get; } = [];

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[IPv6]</c> or <c>[IPv6]:port</c>.</summary>
    public static bool TryParse(string text, int defaultPort, out SmartHost host, out string fault)
    {
        text = text.Trim();
        host = new SmartHost(text, defaultPort);
        fault = "";
        var (name, portText) = Split(text);
        var port = defaultPort;
        if (portText is not null && !int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            fault = $"“{text}” has a port that is not a number.";
        }
        else if (port is < 1 or > 65535)
        {
            fault = $"“{text}” has a port that is not 1 to 65,535.";
        }
        else if (!IPAddress.TryParse(name, out _) && Uri.CheckHostName(name) != UriHostNameType.Dns)
        {
            fault = $"“{text}” is not a host name or an IP address.";
        }

        host = new SmartHost(name, port);
        return fault.Length == 0;
    }

    /// <summary>Should this call try the host in its turn? While it is down nobody does; after that one call finds out.</summary>
    public bool IsUp(TimeProvider clock)
    {
        var until = Volatile.Read(ref downUntil);
        if (until == 0)
        {
            return true;
        }

        var now = clock.GetUtcNow().Ticks;
        return now >= until && Interlocked.CompareExchange(ref downUntil, now + DownFor.Ticks, until) == until;
    }

    /// <summary>Remembers a failure; true when the host was thought to be up.</summary>
    public bool MarkDown(TimeProvider clock) => Interlocked.Exchange(ref downUntil, clock.GetUtcNow().Ticks + DownFor.Ticks) == 0;

    /// <summary>Remembers a success; true when the host was thought to be down.</summary>
    public bool MarkUp() => Volatile.Read(ref downUntil) != 0 && Interlocked.Exchange(ref downUntil, 0) != 0;

    private static (string Name, string? Port) Split(string text)
    {
        if (text is ['[', ..] && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
        {
            var rest = text[(close + 1)..];
            return (text[1..close], rest.Length == 0 ? null : rest.TrimStart(':'));
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var isBareIPv6 = colon >= 0 && text.IndexOf(':', colon + 1) >= 0;
        return colon < 0 || isBareIPv6 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }
}
