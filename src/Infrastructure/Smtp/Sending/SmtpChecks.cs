using System.Net;
using System.Net.Sockets;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Greets each smart host as a delivery would: connection, EHLO, encryption, sign-in, and good-bye. No transaction is begun.</summary>
internal sealed class SmtpChecks(SmtpConnectorSettings settings, string hostName, string password, TimeProvider clock)
{
    private const int MostHosts = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    public async Task<IReadOnlyList<CheckAnswer>> RunAsync(CancellationToken stop)
    {
        var answers = new List<CheckAnswer>();
        if (settings.TrustedAuthorities.Length > 0)
        {
            answers.Add(File.Exists(settings.TrustedAuthorities)
                ? new CheckAnswer("trustedAuthorities", true, $"The file {settings.TrustedAuthorities} is there.")
                : new CheckAnswer("trustedAuthorities", false, $"The file {settings.TrustedAuthorities} does not exist."));
        }

        answers.AddRange(await Task.WhenAll(settings.SmartHosts.Take(MostHosts).Select(host => GreetAsync(host, stop))));
        return answers;
    }

    private async Task<CheckAnswer> GreetAsync(string text, CancellationToken stop)
    {
        const string Path = "smartHosts";
        if (!SmartHost.TryParse(text, settings.Port, out var host, out var fault))
        {
            return new CheckAnswer(Path, false, fault);
        }

        try
        {
            var address = (await Dns.GetHostAddressesAsync(host.Name, stop).WaitAsync(Limit, clock, stop)).FirstOrDefault();
            return address is null
                ? new CheckAnswer(Path, false, $"{host.Name} has no address.")
                : await TalkAsync(host, new IPEndPoint(address, host.Port), settings.Tls, stop);
        }
        catch (SocketException e)
        {
            return new CheckAnswer(Path, false, $"The name {host.Name} cannot be resolved: {e.Message.TrimEnd('.')}.");
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return new CheckAnswer(Path, false, $"{text} did not answer within {Words.Duration(Limit)}.");
        }
    }

    private async Task<CheckAnswer> TalkAsync(SmartHost host, IPEndPoint address, SmtpTls tls, CancellationToken stop)
    {
        var quick = settings with { Timeouts = new SmtpTimeouts { Connect = Limit, Greeting = Limit, Hello = Limit, Quit = TimeSpan.FromSeconds(1) } };
        var opening = new SmtpOpening(quick, settings.HeloName.Length > 0 ? settings.HeloName : hostName, () => password);
        try
        {
            await using var conversation = await SmtpConversation.OpenAsync(host, address, opening, tls, clock, stop);
            return new CheckAnswer("smartHosts", true, conversation.DescribeOpening(), conversation.Greeting);
        }
        catch (ConversationException e) when (e.IsHandshake && tls == SmtpTls.Opportunistic)
        {
            // As a delivery would: without encryption, where that is allowed.
            var plain = await TalkAsync(host, address, SmtpTls.Off, stop);
            return plain with { Sentence = $"{e.Message} Without encryption: {plain.Sentence}" };
        }
        catch (ConversationException e)
        {
            return new CheckAnswer("smartHosts", false, e.Message, e.Reply);
        }
    }
}
