namespace Postern.Lab.CcMail;

/// <summary>
/// Puts a message where its recipients are: one copy in each mailbox, one in each queue. Copies never show a Bcc, except
/// that a queued one keeps the Bcc lines of those who are reached through that queue.
/// </summary>
internal sealed class MailDrop(PostOfficeFolder folder)
{
    private readonly PostOfficeRoutes routes = new(folder.Settings.Name, folder.Directory);

    public (string Address, Route Route) Resolve(string address) => routes.Resolve(address);

    /// <summary>The message as it is kept: every address with its post office.</summary>
    public Message Complete(Message message) => message with
    {
        Header = [.. message.Header.Select(line => line.IsRecipient ? line with { Value = Resolve(line.Value).Address } : line)],
    };

    /// <summary>Delivers to the recipients of these lines, which must have a route. Returns the files that were made.</summary>
    public List<string> Deliver(Message message, IEnumerable<HeaderLine> recipients)
    {
        var routed = recipients.Select(line => (Line: line, Resolve(line.Value).Route)).ToList();
        var files = new List<string>();
        var visible = Without(Complete(message), line => line.Is("Bcc"));
        foreach (var mailbox in routed.Select(r => r.Route).OfType<Route.Mailbox>().Distinct())
        {
            files.Add(folder.PutInMailbox(mailbox.Name, visible));
        }

        foreach (var queue in routed.Select(r => r.Route).OfType<Route.Queue>().Distinct())
        {
            var blind = routed.Where(r => r.Route == queue && r.Line.Is("Bcc")).Select(r => r.Line).ToHashSet();
            var kept = Without(message, line => line.Is("Bcc") && !blind.Contains(line));
            files.Add(folder.PutInQueue(queue.PostOffice, Complete(kept)));
        }

        return files;
    }

    private static Message Without(Message message, Func<HeaderLine, bool> isHidden) =>
        message with { Header = [.. message.Header.Where(line => !isHidden(line))] };
}
