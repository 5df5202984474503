using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>Writes messages in the MMFF basic layout, as GTWGET 3.0 does: time of submission, every recipient on a TO line.</summary>
internal static class GetWriter
{
    public static void Write(Stream output, Letter letter, string terminator, OemText oem)
    {
        var text = terminator == "\r\n" ? letter.Text : oem.Encode(oem.Decode(letter.Text).Replace("\r\n", terminator, StringComparison.Ordinal));
        List<string> lines =
        [
            "VERSION:3.00",
            .. letter.To.Select(to => "TO:" + to),
            "FROM:" + letter.From,
            "DATE:" + letter.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "TIME:" + letter.Date.ToString("HH:mm", CultureInfo.InvariantCulture),
            "SUBJECT:" + letter.Subject,
        ];
        if (letter.Priority.Length > 0)
        {
            lines.Add("PRIORITY:" + letter.Priority);
        }

        lines.AddRange(letter.Files.Select(file => string.Create(CultureInfo.InvariantCulture, $"ATTACHMENT:{file.Name} {file.Data.Length}")));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"TEXT:{text.Length}"));
        output.Write(oem.Encode(string.Concat(lines.Select(line => line + terminator))));
        output.Write(text);
        foreach (var file in letter.Files)
        {
            output.Write(file.Data);
        }
    }
}
