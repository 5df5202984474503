using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Watch;

/// <summary>A mail of Postern's own to people who look after it.</summary>
/// <param name="Source">What the books call it.</param>
/// <param name="Id">Left part of its Message-ID; a mail that is sent again under the same one is known.</param>
/// <param name="Text">What it says, given those to whom no route leads.</param>
internal sealed record Notice(string Source, string Id, string Subject, IReadOnlyList<string> Recipients, PickupIdentity Identity, Func<IReadOnlyList<string>, string> Text);

/// <summary>Puts Postern's own mail into its queue.</summary>
/// <remarks>
/// It has a null sender, so that nothing is ever sent back about it, and asks for no report. It is accounted like every other message.
/// </remarks>
internal sealed class NoticeMail(AcceptMessage accept, LiveRouting routing, TimeProvider clock, string hostName)
{
    /// <summary>Empty when the queue has it, else why not.</summary>
    public async Task<string> SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        var table = routing.Current;
        var routes = new List<(MailAddress Address, RouteDecision.Routed Route)>();
        var lost = new List<string>();
        foreach (var recipient in notice.Recipients)
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

        var domain = table.Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault() ?? hostName;
        var id = $"{notice.Id}@{domain}";
        using var content = MessageContent.FromMemory(Write(domain, routes.Select(route => route.Address), notice.Subject, id, notice.Text(lost)));
        var answer = await accept(
            new IncomingMessage
            {
                Source = notice.Source,
                Sender = null,
                Recipients = [.. routes.Select(route => new IncomingRecipient(route.Route, route.Address.ToString(), Notify.Never, RecipientClass.To))],
                Content = content,
                HeaderId = id,
                Subject = notice.Subject,
                Identity = notice.Identity,
            },
            cancellationToken);
        return answer switch
        {
            IntakeResult.TryLater later => $"The queue takes nothing now: {later.Reason}.",
            IntakeResult.Unacceptable never => $"The queue cannot hold it: {never.Reason}.",
            _ => "",
        };
    }

    /// <summary>A text of others as one line of a mail.</summary>
    public static string OneLine(string text) => StorableText.Clean(text.ReplaceLineEndings(" "), 500);

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
}
