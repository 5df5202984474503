using System.Globalization;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Writes MMFF basic files for GTWPUT, APPPUT and SMTPPUT, within the limits of the post office (Q118785).</summary>
/// <remarks>
/// Lines stand in the order of the programs' own table, recipients from the second line on. Sizes count every byte, line ends included. The
/// text always ends in a line end and is never empty. What the layout cannot show stands in the text: a subject that had to be cut before it,
/// names of files that had to be shortened behind it. Splitting recipients over several messages is the caller's step; this writer never
/// leaves one out.
/// </remarks>
public static class MmffWriter
{
    /// <summary>Messages a put program delivers in one run; more would lie in its queue until the next (Q115490).</summary>
    public const int MessageLimit = 50;

    /// <summary>The line of a message on which its first recipient stands.</summary>
    internal const int FirstRecipientLine = 2;

    /// <summary>A file with one message.</summary>
    public static PutFile Prepare(PutMessage message, MsMailProfile profile) => File([message], profile);

    /// <summary>As many files as the messages need, each with as many of them as the profile allows.</summary>
    public static IReadOnlyList<PutFile> Prepare(IReadOnlyList<PutMessage> messages, MsMailProfile profile) =>
        [.. messages.Chunk(Math.Clamp(profile.MessagesPerFile, 1, MessageLimit)).Select(chunk => File(chunk, profile))];

    private static PutFile File(IReadOnlyList<PutMessage> messages, MsMailProfile profile)
    {
        var losses = new List<ConversionLoss>();
        List<PreparedMessage> prepared = [.. messages.Select(message => Prepared(message, profile, losses))];
        return new PutFile(prepared, losses);
    }

    private static PreparedMessage Prepared(PutMessage message, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var subject = PutText.Subject(message.Subject, profile, losses);
        var names = PutText.Names(message.Attachments, profile, losses);
        var text = PutText.Of(message, subject, names, profile, losses);
        var body = profile.TextEncoding.GetBytes(text);
        var lines = new List<string> { "VERSION:" + PutText.Line("version", profile.Version, profile, losses) };
        lines.AddRange(message.Recipients.Select(recipient => "TO:" + PutText.Address("recipient", recipient, profile, losses)));
        lines.Add("FROM:" + Sender(message.From, profile, losses));
        if (message.Date is { } date)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"DATE:{date:yyyy-MM-dd}"));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"TIME:{date:HH:mm}"));
        }

        lines.Add("SUBJECT:" + subject.Shown);
        if (message.Priority is { } priority && char.IsAsciiLetterOrDigit(priority))
        {
            lines.Add("PRIORITY:" + char.ToUpperInvariant(priority));
        }

        var token = profile.UsesPluralAttachmentToken ? "ATTACHMENTS:" : "ATTACHMENT:";
        for (var i = 0; i < names.Count; i++)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{token}{names[i]} {message.Attachments[i].Content.Length}"));
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"TEXT:{body.Length}"));
        var lineEnd = PutText.LineEndOf(profile);
        return new PreparedMessage(message, profile.TextEncoding.GetBytes(string.Concat(lines.Select(line => line + lineEnd))), body);
    }

    // A message without a sender could not be reported on, and nothing is ever answered to a postmaster
    private static string Sender(string from, MsMailProfile profile, List<ConversionLoss> losses)
    {
        if (!MsMailAddressText.Parse(from).IsEmpty)
        {
            return PutText.Address("sender", from, profile, losses);
        }

        losses.Add(ConversionLoss.Of(LossKind.Added, "sender", from, profile.Postmaster));
        return profile.Postmaster;
    }
}
