using Postern.Domain.Addresses;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>What is to be carried to a cc:Mail post office: a message and the deliveries that go there now.</summary>
public sealed record CcMailRequest
{
    public required MimeMessage Message { get; init; }

    public required IReadOnlyList<CcMailDelivery> Deliveries { get; init; }

    /// <summary>From <see cref="Originator"/>; empty is the postmaster of the site (Q192594).</summary>
    public required string Originator { get; init; }

    public required CcMailProfile Profile { get; init; }

    /// <summary>Turns HTML into text where a message has nothing else.</summary>
    public required Func<string, string> HtmlToText { get; init; }

    /// <summary>When the message was accepted; stands in for a date that is missing or absurd (Q233325).</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>The zone of the post office; the offset is that of the message's own day (Q281734, Q154041).</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>A file for IMPORT with the deliveries it carries. A message of many files comes in several: each delivery is then in all of them.</summary>
public sealed record CcMailOutgoing(ImportMessage Message, ImportFile File, IReadOnlyList<CcMailDelivery> Deliveries);

/// <summary>All files for one message, in the order to import them, and everything that was changed or lost on the way.</summary>
public sealed record CcMailOutput(IReadOnlyList<CcMailOutgoing> Files, IReadOnlyList<ConversionLoss> Losses);

/// <summary>Turns an internet message into cc:Mail messages for IMPORT.</summary>
/// <remarks>
/// The address lines of a file name its own deliveries only; the other recipients stand in a first text. Each Bcc delivery is a file of its
/// own (Q231803). A message is split over several files when its header would be too long (Q166499) or it has more files than items are
/// allowed; nothing is left out for want of room. One copy per recipient, however often it is named (Q181797).
/// Relies on nothing but its arguments; fails never: what cannot be carried is in <see cref="CcMailOutput.Losses"/>.
/// </remarks>
public static class ToCcMail
{
    private const string OriginalTitle = "Original message";

    public static CcMailOutput Convert(CcMailRequest request)
    {
        var losses = new List<ConversionLoss>();
        var (texts, files) = Items(request, losses);
        var subject = request.Message.Root.Header("Subject") ?? "";
        var parts = Parts(texts, files, subject, request.Profile, losses);
        // Two digits of a year hold 1970 to 2069
        var date = SentDate.Local(request.Message, request.AcceptedAt, request.Zone, 1971, 2068, losses);
        var result = new List<CcMailOutgoing>();
        var header = new HeaderNote(request.Message, HeaderNote.IsCut(parts[0].Subject, request.Profile) ? subject : "");
        foreach (var group in Groups(request, subject, date))
        {
            var note = header.Of(group.Where(d => d.Class != RecipientClass.Bcc).Select(d => d.HeaderAddress));
            for (var i = 0; i < parts.Count; i++)
            {
                IEnumerable<ImportItem> head = i == 0 && note.Length > 0 ? [new ImportItem.Text(HeaderNote.Title, note)] : [];
                var message = Addressed(request, group, parts[i].Subject, date) with { Items = [.. head, .. parts[i].Items] };
                var file = ImportWriter.Prepare(message, request.Profile);
                losses.AddRange(file.Losses);
                result.Add(new CcMailOutgoing(message, file, group));
            }
        }

        return new CcMailOutput(result, [.. losses.Distinct()]);
    }

    private static (List<ImportItem> Texts, List<ImportItem.File> Files) Items(CcMailRequest request, List<ConversionLoss> losses)
    {
        var root = request.Message.Root;
        if (!root.ContentType.Is("multipart", "report"))
        {
            var body = OutgoingBody.Of(root, request.HtmlToText, request.Zone, losses, _ => false);
            return ([new ImportItem.Text("", body.Text)], [.. body.Files.Select(Item)]);
        }

        var shown = OutgoingBody.Of(
            root, request.HtmlToText, request.Zone, losses, p => ReportText.IsMachinePart(p) || ReportText.IsOriginal(p));
        var report = DeliveryReportReader.Read(request.Message)?.Report;
        var texts = new List<ImportItem> { new ImportItem.Text("", (report is null ? "" : ReportText.Of(report)) + shown.Text) };
        foreach (var original in root.Children.Where(ReportText.IsOriginal))
        {
            var header = ReportText.HeaderOf(original);
            var inner = original is { ContentType.IsMessage: true, Children.Count: > 0 }
                ? OutgoingBody.Of(original.Children[0], request.HtmlToText, request.Zone, losses, _ => false)
                : null;
            texts.Add(new ImportItem.Text(OriginalTitle, header + inner?.Text));
            shown.Files.AddRange(inner?.Files ?? []);
        }

        losses.Add(ConversionLoss.Of(LossKind.Replaced, "report", root.ContentType.MediaType, "text"));
        return (texts, [.. shown.Files.Select(Item)]);
    }

    private static ImportItem.File Item(OutgoingFile file) => new(file.Name, file.Date, file.Content);

    // More files than a message may hold travel in numbered messages, every one of them
    private static List<Part> Parts(
        List<ImportItem> texts, List<ImportItem.File> files, string subject, CcMailProfile profile, List<ConversionLoss> losses)
    {
        var limit = Math.Max(1, profile.ItemLimit);
        var first = Math.Max(0, limit - texts.Count);
        if (files.Count <= first)
        {
            return [new Part(subject, [.. texts, .. files])];
        }

        var chunks = new List<List<ImportItem>> { ([.. texts, .. files.Take(first)]) };
        chunks.AddRange(files.Skip(first).Chunk(limit).Select(chunk => chunk.ToList<ImportItem>()));
        losses.Add(ConversionLoss.Of(LossKind.Moved, "files", $"{files.Count} files in one message", $"{chunks.Count} messages"));
        return
        [
            .. chunks.Select((items, i) => new Part(
                $"({i + 1} of {chunks.Count}) {subject}",
                i == 0 ? items : [new ImportItem.Text("", $"More files of the message \"{subject}\"."), .. items])),
        ];
    }

    private static IEnumerable<IReadOnlyList<CcMailDelivery>> Groups(CcMailRequest request, string subject, DateTime date)
    {
        var unique = request.Deliveries.OrderBy(d => d.Class).DistinctBy(d => d.Recipient).ToList();
        var open = unique.Where(d => d.Class != RecipientClass.Bcc).ToList();
        if (open.Count > 0)
        {
            var at = 0;
            foreach (var group in RecipientGroups.Split(Addressed(request, open, "(99 of 99) " + subject, date), request.Profile))
            {
                yield return open.GetRange(at, group.Count);
                at += group.Count;
            }
        }

        foreach (var hidden in unique.Where(d => d.Class == RecipientClass.Bcc))
        {
            yield return [hidden];
        }
    }

    private static ImportMessage Addressed(CcMailRequest request, IReadOnlyList<CcMailDelivery> group, string subject, DateTime date) => new()
    {
        From = request.Originator,
        Date = date,
        Recipients = [.. group.Select(d => new ImportRecipient(d.Class, RecipientText(d.Recipient, request.Profile)))],
        Subject = subject,
        Items = [],
        Priority = PriorityOf(request.Message),
    };

    // "Use ANR" leaves the post office to cc:Mail's own name resolution (Q184052)
    private static string RecipientText(CcMailAddress recipient, CcMailProfile profile) =>
        profile.UsesNameResolution ? recipient.Name : recipient.Text;

    private static string PriorityOf(MimeMessage message) => MessageImportance.Of(message) switch
    {
        Importance.High => "Urgent",
        Importance.Low => "Low",
        _ => "",
    };

    private sealed record Part(string Subject, List<ImportItem> Items);
}
