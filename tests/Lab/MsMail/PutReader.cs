using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>Reads an MMFF basic file as GTWPUT does: lines are cut at the terminator it was told and nowhere else, tokens stand in their order.</summary>
internal sealed class PutReader(byte[] file, byte[] terminator, OemText oem, DateTime now)
{
    private const int LongestSubject = 40;
    private static readonly string[] Services = ["", "CSI"];

    /// <summary>SMTPPUT knows internet addresses too; GTWPUT refuses their type (Q98050, Q106623).</summary>
    public bool KnowsInternet { get; init; }

    private int at;
    private int message;
    private int line;
    private string? waiting;

    /// <summary>The next message; null at the end of the file.</summary>
    /// <exception cref="ProgramFault">The message is refused.</exception>
    public Letter? Next()
    {
        if (at >= file.Length)
        {
            return null;
        }

        message++;
        line = 0;
        Token("VERSION");
        var to = new List<string> { Address(Token("TO")) };
        while (TryToken("TO", out var more))
        {
            to.Add(Address(more));
        }

        var from = Address(Token("FROM"));
        var date = TryToken("DATE", out var day) ? day : now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var time = TryToken("TIME", out var hour) ? hour : now.ToString("HH:mm", CultureInfo.InvariantCulture);
        var subject = TryToken("SUBJECT", out var words) ? words : "";
        var priority = TryToken("PRIORITY", out var letter) ? letter : "";
        var files = new List<(string Name, int Size)>();
        while (TryToken("ATTACHMENT", out var value) || TryToken("ATTACHMENTS", out value))
        {
            var blank = value.LastIndexOf(' ');
            files.Add((value[..Math.Max(blank, 0)], Size(value[(blank + 1)..])));
        }

        var text = WithCrlf(Take(Size(Token("TEXT"))));
        return new Letter
        {
            To = to,
            From = from,
            Date = DateTime.TryParseExact($"{date} {time}", "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var sent)
                ? sent
                : throw Fault(140, $"Unknown error processing token DATE with tail {date}."),
            Subject = subject.Length <= LongestSubject ? subject : subject[..LongestSubject],
            Priority = priority,
            Text = text,
            Files = [.. files.Select(entry => new Enclosure(entry.Name, Take(entry.Size)))],
        };
    }

    private string Token(string name) =>
        TryToken(name, out var value) ? value : throw Fault(141, $"Cannot match token {name} (has tail {waiting}).");

    private bool TryToken(string name, out string value)
    {
        value = "";
        waiting ??= ReadLine();
        var colon = waiting.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw Fault(144, $"Unable to partition line {waiting}.");
        }

        if (!waiting[..colon].Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        value = waiting[(colon + 1)..];
        waiting = null;
        return true;
    }

    private string ReadLine()
    {
        line++;
        var length = file.AsSpan(at).IndexOf(terminator);
        if (length < 0)
        {
            throw Fault(144, "Unable to partition line.");
        }

        var text = oem.Decode(file.AsSpan(at, length));
        at += length + terminator.Length;
        return text;
    }

    private string Address(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var service = colon < 0 ? "" : text[..colon].ToUpperInvariant();
        if (KnowsInternet && service == Letter.Internet)
        {
            return Letter.Plain(text).Contains('@', StringComparison.Ordinal) ? text : throw Fault(142, "Bad address.");
        }

        if (!Services.Contains(service))
        {
            throw Fault(151, $"Unknown service {service}");
        }

        return MsMail.Address.Parse(Letter.Plain(text)) is null ? throw Fault(142, "Bad address.") : text;
    }

    private int Size(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : throw Fault(143, "Unknown parser error.");

    private byte[] Take(int size)
    {
        if (size > file.Length - at)
        {
            throw Fault(201, "Failure submitting message to mail database");
        }

        var bytes = file.AsSpan(at, size).ToArray();
        at += size;
        return bytes;
    }

    private byte[] WithCrlf(byte[] text) => terminator.Length == 2
        ? text
        : oem.Encode(oem.Decode(text).Replace(oem.Decode(terminator), "\r\n", StringComparison.Ordinal));

    private ProgramFault Fault(int number, string text) => new(number, message, line, text);
}
