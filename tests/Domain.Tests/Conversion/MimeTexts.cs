using System.Buffers;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Conversion;

/// <summary>Messages for conversion tests, and the way to cc:Mail and back in one call.</summary>
internal static class MimeTexts
{
    public static readonly CcMailProfile Profile = new();

    public static readonly DateTimeOffset Accepted = new(1998, 3, 14, 13, 5, 0, TimeSpan.Zero);

    public const string Header =
        "From: \"Test User\" <test@host.example>\r\nTo: per@site.example, Rosa <rosa@else.example>\r\nCc: Nils <nils@else.example>\r\n"
        + "Date: Sat, 14 Mar 1998 14:05:00 +0100\r\nSubject: Crane timetable\r\nMIME-Version: 1.0\r\n";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static MimeMessage Parsed(string text) => MimeMessage.Read(Bytes(text));

    public static CcMailAddress Address(string text) =>
        CcMailAddress.TryParse(text, out var address, out var fault) ? address : throw new FormatException(fault);

    public static CcMailDelivery Delivery(string address, RecipientClass kind = RecipientClass.To, string header = "per@site.example") =>
        new(Address(address), kind, header);

    public static CcMailRequest Request(string mime, params CcMailDelivery[] deliveries) => new()
    {
        Message = Parsed(mime),
        Deliveries = deliveries.Length > 0 ? deliveries : [Delivery("Lindqvist, Per at HARBOUR")],
        Originator = "\"Test User\" test@host.example at SITE1",
        Profile = Profile,
        HtmlToText = html => html.Replace("<p>", "", StringComparison.Ordinal).Replace("</p>", "\r\n", StringComparison.Ordinal),
        AcceptedAt = Accepted,
        Zone = TimeZoneInfo.CreateCustomTimeZone("CET", TimeSpan.FromHours(1), "CET", "CET"),
    };

    /// <summary>The files as the post office would read them.</summary>
    public static List<CcMailMessage> Imported(CcMailOutput output, CcMailProfile? profile = null) =>
        [.. output.Files.Select(f => Imported(f, profile ?? Profile))];

    public static CcMailMessage Imported(CcMailOutgoing file, CcMailProfile profile)
    {
        var written = new ArrayBufferWriter<byte>();
        file.File.WriteTo(written);
        var message = ExportReader.ReadAll(new ReadOnlySequence<byte>(written.WrittenMemory), profile).Single();
        message.Faults.ShouldBe(ReadFault.None);
        return message;
    }

    public static string Text(CcMailItem item) => Profile.Decode(item.Data);

    public static List<string> Texts(CcMailMessage message) => [.. message.Items.Where(i => i.Kind == ItemKind.Text).Select(Text)];

    public static string Part(string type, string body, string more = "") => $"--b\r\nContent-Type: {type}\r\n{more}\r\n{body}\r\n";

    public static string Mixed(string kind, params string[] parts) =>
        $"{Header}Content-Type: multipart/{kind}; boundary=b\r\n\r\n{string.Concat(parts)}--b--\r\n";

    public static string Base64(byte[] data) =>
        Convert.ToBase64String(data, Base64FormattingOptions.InsertLineBreaks);

    public static string FilePart(string name, byte[] data) => Part(
        "application/octet-stream",
        Base64(data),
        $"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n");
}
