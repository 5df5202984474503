using System.Globalization;
using System.Text;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>
/// Carries mail through the network as EXTERNAL does, all the way at once: to mailboxes, to the outbox of a gateway, to the next post office. It
/// reports what its post office must report, and says nothing where the original said nothing.
/// </summary>
internal sealed class Carrier(MsPostOffice postOffice, DateTime now)
{
    /// <summary>What one run delivers of what was put (Q115490).</summary>
    private const int MostInRun = 50;

    private static readonly UTF8Encoding Utf8 = new(false);

    /// <summary>Keeps a message until its turn.</summary>
    public static void Queue(MsPostOffice postOffice, Letter letter) => Store(postOffice, letter, letter.To, "inqueue");

    /// <summary>Delivers the first fifty that were put.</summary>
    public void Run()
    {
        var folder = postOffice.Folder("inqueue");
        var files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.mmf").Order(StringComparer.Ordinal).Take(MostInRun).ToList() : [];
        foreach (var file in files)
        {
            var (letter, envelope, _) = Load(file, postOffice.Oem);
            Deliver(letter, envelope);
            File.Delete(file);
        }
    }

    /// <summary>Delivers a message to those of its recipients that are in the envelope.</summary>
    public void Deliver(Letter letter, IReadOnlyList<string> envelope)
    {
        var here = letter with { Hops = [.. letter.Hops, postOffice.Name] };
        if (here.Hops.Count > postOffice.HopLimit)
        {
            Report(here, envelope, $"[003] Message hop count exceeded. Message followed the following route:\r\n{Route(here)}while attempting to send to the following addresses:");
            return;
        }

        if (here.Hops.Take(here.Hops.Count - 1).Any(hop => Address.AreSame(hop, postOffice.Name)))
        {
            Report(here, envelope, $"[004] Message circular route detected. Message followed the following route:\r\n{Route(here)}while attempting to send to the following addresses:");
            return;
        }

        var unknown = new List<string>();
        foreach (var group in envelope.GroupBy(PlaceOf, StringComparer.OrdinalIgnoreCase))
        {
            switch (postOffice.ReachOf(group.Key, out var via))
            {
                case Reach.Own:
                    unknown.AddRange(ToMailboxes(here, group));
                    break;
                case Reach.Gateway:
                    Store(postOffice, here, [.. group], "outbox", group.Key);
                    break;
                case Reach.Direct:
                    Pass(here, [.. group], group.Key);
                    break;
                case Reach.Indirect:
                    Pass(here, [.. group], via);
                    break;
                default:
                    postOffice.Append("lost.log", $"{here.From} {string.Join(' ', group)} {here.Subject}");
                    break;
            }
        }

        if (unknown.Count > 0)
        {
            Report(here, unknown, "[002] Mail was received that was addressed to unknown addresses.\r\nMail item was not delivered to:\r\n");
        }
    }

    /// <summary>A stored message, for whom of its recipients it is, and the logical post office whose mailbag it lies in.</summary>
    public static (Letter Letter, List<string> Envelope, string Mailbag) Load(string file, OemText oem)
    {
        var bytes = File.ReadAllBytes(file);
        var end = bytes.AsSpan().IndexOf("VERSION:"u8);
        var head = Utf8.GetString(bytes.AsSpan(0, end)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var letter = new PutReader(bytes[end..], "\r\n"u8.ToArray(), oem, default) { KnowsInternet = true }.Next()!;
        return (
            letter with { Hops = Lines("HOP:") },
            Lines("FOR:"),
            Lines("BAG:")[0]);

        List<string> Lines(string mark) => [.. head.Where(line => line.StartsWith(mark, StringComparison.Ordinal)).Select(line => line[mark.Length..])];
    }

    private static string PlaceOf(string to) => Letter.IsInternet(to) ? Letter.Internet : Address.Parse(Letter.Plain(to))?.Place ?? "";

    // Envelope, way and mailbag stand before the message, in the lab's own words
    private static void Store(MsPostOffice postOffice, Letter letter, IReadOnlyList<string> envelope, string folder, string mailbag = "") =>
        new NumberedFolder(postOffice.Folder(folder), 8, ".mmf").Add(stream =>
        {
            stream.Write(Utf8.GetBytes(string.Concat([$"BAG:{mailbag}\r\n", .. envelope.Select(to => $"FOR:{to}\r\n"), .. letter.Hops.Select(hop => $"HOP:{hop}\r\n")])));
            GetWriter.Write(stream, letter, "\r\n", postOffice.Oem);
        });

    private List<string> ToMailboxes(Letter letter, IEnumerable<string> recipients)
    {
        var unknown = new List<string>();
        foreach (var recipient in recipients.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var mailbox = Address.Parse(Letter.Plain(recipient))!.Mailbox;
            if (postOffice.HasMailbox(mailbox))
            {
                new NumberedFolder(System.IO.Path.Combine(postOffice.Path, "mail", mailbox.ToUpperInvariant()), 3, ".mmf")
                    .Add(stream => GetWriter.Write(stream, letter, "\r\n", postOffice.Oem));
            }
            else
            {
                unknown.Add(recipient);
            }
        }

        return unknown;
    }

    private void Pass(Letter letter, IReadOnlyList<string> envelope, string place)
    {
        if (postOffice.ReachOf(place, out _) == Reach.Gateway)
        {
            Store(postOffice, letter, envelope, "outbox", place);
        }
        else if (MsPostOffice.Open(postOffice.FolderOf(place)) is { } next)
        {
            new Carrier(next, now).Deliver(letter, envelope);
        }
        else
        {
            Report(letter, envelope, $"[005] Mail retry count exceeded sending to: {place}\r\nMail item was not delivered to:\r\n");
        }
    }

    // A report has no report (Q128432)
    private void Report(Letter letter, IReadOnlyList<string> failed, string reason)
    {
        if (letter.IsFromPostmaster)
        {
            return;
        }

        var text = $"FROM: {letter.From}\r\nTO:   {string.Join("; ", letter.To)}\r\nDATE: {letter.Date.ToString("MM-dd-yy", CultureInfo.InvariantCulture)}\r\n"
            + $"TIME: {letter.Date.ToString("HH:mm", CultureInfo.InvariantCulture)}\r\n\r\nSUBJECT: {letter.Subject}\r\n\r\n{new string('-', 64)}\r\n\r\n{reason}\r\n"
            + string.Concat(failed.Select(to => Letter.Plain(to) + "\r\n"));
        var report = new Letter
        {
            To = [letter.From],
            From = $"CSI:{postOffice.Name}/POSTMASTER",
            Date = now,
            Subject = "Mail failure",
            Text = postOffice.Oem.Encode(text),
        };
        Deliver(report, report.To);
    }

    private static string Route(Letter letter) => string.Concat(letter.Hops.Select(hop => hop.Split('/')).Select(hop => $"{hop[0],-10}/{hop[1]}\r\n"));
}
