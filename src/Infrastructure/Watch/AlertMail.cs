using System.Text;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Watch;

/// <summary>Mails alerts through Postern's own queue, many in one.</summary>
/// <remarks>
/// The mail has a null sender, so that nothing is ever sent back about it, and asks for no report. It is accounted like every other message. What waits without a sender
/// raises no alert, so an alert that cannot be mailed makes no further ones. It bears the identity of its first notice: sent again after a crash, it is known.
/// </remarks>
public sealed class AlertMail(AcceptMessage accept, LiveRouting routing, TimeProvider clock, string hostName)
{
    private readonly NoticeMail mail = new(accept, routing, clock, hostName);

    /// <summary>What the books call it.</summary>
    public const string Source = "alerts";

    /// <summary>Sends what is due to all; empty when the queue has it, else why not.</summary>
    internal async Task<string> SendAsync(IReadOnlyList<DueNotice> notices, IReadOnlyList<string> recipients, CancellationToken cancellationToken)
    {
        if (recipients.Count == 0)
        {
            return "";
        }

        var bodies = notices.Select(notice => notice.Read()).ToList();
        var first = notices[0].Id.ToString("N");
        return await mail.SendAsync(
            new Notice(Source, $"alert-{first}", SubjectOf(bodies), recipients, new PickupIdentity(first, 0), lost => TextOf(bodies, lost)), cancellationToken);
    }

    private static string SubjectOf(List<AlertBody> bodies)
    {
        var newest = bodies.LastOrDefault(body => body.What != "closed") ?? bodies[^1];
        var first = $"{(newest.What == "closed" ? "Over: " : "")}{newest.Alert.Text}";
        return "[Postern] " + (bodies.Count == 1 ? first : $"{bodies.Count} changes of alerts; {first}");
    }

    private string TextOf(List<AlertBody> bodies, IReadOnlyList<string> lost)
    {
        var text = new StringBuilder().Append("This is Postern, the mail connector at ").Append(hostName).Append(".\r\n");
        foreach (var (heading, what) in ((string, string[])[])[("New", ["opened"]), ("Worse", ["worse"]), ("Open, and nobody has taken it", ["again"]), ("Over", ["closed"])])
        {
            var here = bodies.Where(body => what.Contains(body.What)).ToList();
            text.Append(here.Count > 0 ? $"\r\n{heading}:\r\n" : "");
            foreach (var body in here)
            {
                text.Append("\r\n  [").Append(body.Alert.Severity).Append("] ").Append(NoticeMail.OneLine(body.Alert.Text)).Append("\r\n");
                if (body.What != "closed")
                {
                    text.Append("  What to do: ").Append(NoticeMail.OneLine(body.Alert.NextStep)).Append("\r\n");
                }

                text.Append("  Alert ").Append(body.Alert.Id).Append(", since ").Append(body.Alert.Since.ToUniversalTime().ToString("ddd d MMM yyyy HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture)).Append("\r\n");
            }
        }

        if (lost.Count > 0)
        {
            text.Append("\r\nNot sent to ").AppendJoin(", ", lost).Append(": no route leads there.\r\n");
        }

        return text.Append("\r\nThe console has them under Alerts. Nobody reads an answer to this mail.\r\n").ToString();
    }
}
