using System.Buffers;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
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
    /// <summary>What the books call it.</summary>
    public const string Source = "alerts";

    /// <summary>Sends what is due to all; empty when the queue has it, else why not.</summary>
    internal async Task<string> SendAsync(IReadOnlyList<DueNotice> notices, IReadOnlyList<string> recipients, CancellationToken cancellationToken)
    {
        if (recipients.Count == 0)
        {
            return "";
        }

        var table = routing.Current;
        var routes = new List<(MailAddress Address, RouteDecision.Routed Route)>();
        var lost = new List<string>();
        foreach (var recipient in recipients)
        {
            if (MailAddress.TryParse(recipient, out var address, out _) && table.Resolve(address) is RouteDecision.Routed route)
            {
                routes.Add((address, route));
            }
            else
            {
                lost.Add(recipient);
            }
        }

        if (routes.Count == 0)
        {
            return $"No route leads to {string.Join(", ", lost)}.";
        }

        var bodies = notices.Select(notice => notice.Read()).ToList();
        var domain = table.Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault() ?? hostName;
        var subject = SubjectOf(bodies);
        var id = $"alert-{notices[0].Id:N}@{domain}";
        using var content = MessageContent.FromMemory(Write(domain, routes.Select(route => route.Address), subject, id, TextOf(bodies, lost)));
        var answer = await accept(
            new IncomingMessage
            {
                Source = Source,
                Sender = null,
                Recipients = [.. routes.Select(route => new IncomingRecipient(route.Route, route.Address.ToString(), Notify.Never, RecipientClass.To))],
                Content = content,
                HeaderId = id,
                Subject = subject,
                Identity = new PickupIdentity(notices[0].Id.ToString("N"), 0),
            },
            cancellationToken);
        return answer switch
        {
            IntakeResult.TryLater later => $"The queue takes nothing now: {later.Reason}.",
            IntakeResult.Unacceptable never => $"The queue cannot hold it: {never.Reason}.",
            _ => "",
        };
    }

    private static string SubjectOf(List<AlertBody> bodies)
    {
        var newest = bodies.LastOrDefault(body => body.What != "closed") ?? bodies[^1];
        var first = $"{(newest.What == "closed" ? "Over: " : "")}{newest.Alert.Text}";
        return "[Postern] " + (bodies.Count == 1 ? first : $"{bodies.Count} changes of alerts; {first}");
    }

    private string TextOf(List<AlertBody> bodies, List<string> lost)
    {
        var text = new StringBuilder().Append("This is Postern, the mail connector at ").Append(hostName).Append(".\r\n");
        foreach (var (heading, what) in ((string, string[])[])[("New", ["opened"]), ("Worse", ["worse"]), ("Open, and nobody has taken it", ["again"]), ("Over", ["closed"])])
        {
            var here = bodies.Where(body => what.Contains(body.What)).ToList();
            text.Append(here.Count > 0 ? $"\r\n{heading}:\r\n" : "");
            foreach (var body in here)
            {
                text.Append("\r\n  [").Append(body.Alert.Severity).Append("] ").Append(OneLine(body.Alert.Text)).Append("\r\n");
                if (body.What != "closed")
                {
                    text.Append("  What to do: ").Append(OneLine(body.Alert.NextStep)).Append("\r\n");
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

    private ReadOnlyMemory<byte> Write(string domain, IEnumerable<MailAddress> to, string subject, string id, string text)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageWriter.Write(
            new MessageDraft
            {
                From = new Mailbox("Postern", $"postmaster@{domain}"),
                To = [.. to.Select(address => new Mailbox("", address.Text))],
                Subject = subject,
                Date = clock.GetUtcNow(),
                MessageId = $"<{id}>",
                MoreFields = [new("Auto-Submitted", "auto-generated")],
                Parts = [new DraftPart.Text(text)],
            },
            output);
        return output.WrittenMemory;
    }

    private static string OneLine(string text) => StorableText.Clean(text.ReplaceLineEndings(" "), 500);
}
