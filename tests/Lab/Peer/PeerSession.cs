using System.Globalization;
using System.Text;

namespace Postern.Lab.Peer;

/// <summary>One client of the peer, from greeting to QUIT (RFC 5321), with the faults that were asked for.</summary>
internal sealed class PeerSession(Stream stream, PeerStore store, PeerFaults faults, int delay)
{
    private static readonly string[] Extensions = ["PIPELINING", "8BITMIME", "SIZE 209715200", "ENHANCEDSTATUSCODES", "DSN"];

    private readonly PeerInput input = new(stream);
    private readonly StringBuilder replies = new();
    private string helo = "";
    private PeerEnvelope? envelope;
    private bool isOver;

    public async Task RunAsync(CancellationToken token)
    {
        Reply(Refusal(fault => fault.Has("greeting")) ?? "220 peer.lab.example ESMTP");
        await FlushAsync(token);
        while (!isOver && await input.ReadLineAsync(token) is { } line)
        {
            await AnswerAsync(line, token);
            if (!input.HasMore || isOver)
            {
                await FlushAsync(token);
            }
        }
    }

    private async Task AnswerAsync(string line, CancellationToken token)
    {
        var verb = line.Split(' ', 2)[0].ToUpperInvariant();
        switch (verb)
        {
            case "EHLO" or "HELO":
                Greet(verb, line);
                break;
            case "MAIL":
                StartEnvelope(line);
                break;
            case "RCPT":
                AddRecipient(line);
                break;
            case "DATA":
                await TakeDataAsync(token);
                break;
            case "RSET":
                envelope = null;
                Reply("250 2.0.0 Reset");
                break;
            case "NOOP":
                Reply("250 2.0.0 Ok");
                break;
            case "QUIT":
                Reply("221 2.0.0 Bye");
                isOver = true;
                break;
            default:
                Reply("500 5.5.1 Unknown command");
                break;
        }
    }

    private void Greet(string verb, string line)
    {
        helo = line.Split(' ', 2) is [_, var name] ? name.Trim() : "";
        envelope = null;
        var shown = verb == "HELO" ? [] : Extensions
            .Where(extension => faults.Due(fault => extension.StartsWith(fault.Detail("extension"), StringComparison.OrdinalIgnoreCase), "hide") is null)
            .ToList();
        for (var i = 0; i < shown.Count; i++)
        {
            Reply((i == 0 ? "250-peer.lab.example\r\n" : "") + (i < shown.Count - 1 ? "250-" : "250 ") + shown[i]);
        }

        if (shown.Count == 0)
        {
            Reply("250 peer.lab.example");
        }
    }

    private void StartEnvelope(string line)
    {
        if (!TryReadPath(line, "FROM:", out var address, out var parameters) || envelope is not null)
        {
            Reply(envelope is null ? "501 5.5.4 Bad sender" : "503 5.5.1 One sender at a time");
            return;
        }

        if (Refusal(fault => fault.Has("from") && fault.Holds("from", address)) is { } refusal)
        {
            Reply(refusal);
            return;
        }

        envelope = new PeerEnvelope(helo, address, parameters);
        Reply("250 2.1.0 Ok");
    }

    private void AddRecipient(string line)
    {
        if (envelope is null || !TryReadPath(line, "TO:", out var address, out var parameters) || address.Length == 0)
        {
            Reply(envelope is null ? "503 5.5.1 No sender yet" : "501 5.5.4 Bad recipient");
            return;
        }

        var refusal = Refusal(fault => IsPlain(fault)
            || fault.Detail("rcpt") is "*"
            || fault.Detail("rcpt").Equals(address, StringComparison.OrdinalIgnoreCase));
        if (refusal is null)
        {
            envelope.Add(address, parameters);
        }

        Reply(refusal ?? "250 2.1.5 Ok");
    }

    private async Task TakeDataAsync(CancellationToken token)
    {
        if (envelope is not { Count: > 0 })
        {
            Reply("554 5.5.1 No recipient");
            return;
        }

        Reply("354 End with a dot");
        await FlushAsync(token);
        var file = store.Open(envelope);
        envelope = null;
        var drop = faults.Due(_ => true, "drop");
        try
        {
            if (drop?.Has("during-data") == true || !await input.CopyDataAsync(file, token))
            {
                isOver = true;
                return;
            }

            await PauseAsync(token);
            var refusal = Refusal(fault => fault.Has("data"));
            var kept = refusal is null && drop?.Has("lost") != true ? store.Keep(file) : "";
            isOver = drop is not null;
            if (!isOver)
            {
                Reply(refusal ?? $"250 2.0.0 Kept as {Path.GetFileName(kept)}");
            }
        }
        finally
        {
            if (File.Exists(file.Name))
            {
                PeerStore.Forget(file);
            }
        }
    }

    private async Task PauseAsync(CancellationToken token)
    {
        var pause = faults.Due(_ => true, "slow")?.Number("ms", 1000) ?? delay;
        if (pause > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(pause), TimeProvider.System, token);
        }
    }

    // "reject" without a place concerns recipients
    private static bool IsPlain(Fault fault) => !fault.Has("rcpt") && !fault.Has("from") && !fault.Has("data") && !fault.Has("greeting");

    private string? Refusal(Func<Fault, bool> concerns)
    {
        var fault = faults.Due(concerns, "reject", "defer");
        return fault is null ? null : fault.Action == "defer"
            ? string.Create(CultureInfo.InvariantCulture, $"{fault.Number("code", 451)} {fault.Detail("text", "4.3.0 Try later")}")
            : string.Create(CultureInfo.InvariantCulture, $"{fault.Number("code", 550)} {fault.Detail("text", "5.7.1 Refused")}");
    }

    private static bool TryReadPath(string line, string keyword, out string address, out string parameters)
    {
        (address, parameters) = ("", "");
        var open = line.IndexOf('<', StringComparison.Ordinal);
        var close = open < 0 ? -1 : line.IndexOf('>', open);
        if (close < 0 || !line[..open].TrimEnd().EndsWith(keyword, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        (address, parameters) = (line[(open + 1)..close], line[(close + 1)..].Trim());
        return true;
    }

    private void Reply(string line) => replies.Append(line).Append("\r\n");

    private async Task FlushAsync(CancellationToken token)
    {
        if (replies.Length > 0)
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(replies.ToString()), token);
            replies.Clear();
        }
    }
}
