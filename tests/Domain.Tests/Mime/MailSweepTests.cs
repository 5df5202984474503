using System.Buffers;
using Postern.Domain.Mime;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Mime;

/// <summary>Whatever a peer sends as a message, every reader of messages returns a value or a fault.</summary>
public sealed class MailSweepTests
{
    private static readonly byte[][] Fixtures = [.. new[] { Letters.Plain, Letters.Mixed, Letters.Broken, Letters.Report }.Select(Letters.Bytes)];

    internal static readonly string[] Words =
    [
        "\n", "\r", "\r\n", "\r\n\r\n", "--b\r\n", "--outer\r\n", "--inner--\r\n", "=?", "?=", "=?iso-2022-jp?B?GyRC?=", "\"", "<", "(", ";", "Content-Type: ",
        "multipart/mixed; boundary=b\r\n", "multipart/digest; boundary=outer\r\n", "message/rfc822\r\n\r\n", "Content-Transfer-Encoding: ", "base64\r\n", "binary\r\n",
        "8bit\r\n", "=3D", "=\r\n", "begin 644 x\r\nM\r\n", "end\r\n", "charset=hz-gb-2312", "charset=utf-32", "*0*=%", "\0", "\u00ff", "😀", "Received: x\r\n",
    ];

    private int turn;

    [Fact]
    public void A_message_is_taken_apart() => Bytes(Fixtures, Words, bytes =>
    {
        var message = MimeMessage.Read(Content(bytes));
        foreach (var part in message.Root.Walk())
        {
            Demand(part.BodyRange.End <= message.Content.Length, "a body ends with the content");
            _ = part.FileName;
            Demand(part.ReadText(500).Text.Length <= 500, "text is bounded");
            Demand((part.Header("Subject") ?? "").AsSpan().IndexOfAny("\r\n\0") < 0, "header text has no line ends");
            part.Addresses("To");
        }

        var body = MessageBody.Of(message.Root);
        Demand(body.Files.All(file => file.BodyRange.Length > 0), "a file holds something");
    });

    [Fact]
    public void A_header_is_summarised() => Bytes(Fixtures, Words, bytes =>
    {
        var content = Content(bytes);
        var summary = HeaderSummary.Read(content);
        Demand(summary.Header.End <= content.Length && summary.Header.Offset == 0, "the header lies within the content");
        Demand(summary.Subject.Length <= HeaderSummary.LongestSubject && IsStorable(summary.Subject), "the subject is bounded and storable");
        Demand(IsStorable(summary.FromName) && IsStorable(summary.FromAddress) && IsStorable(summary.MessageId ?? ""), "texts are storable");
        summary.Recipients(content, KnownField.To);
        Demand(summary.Header == MimeMessage.Read(content).Root.HeaderRange, "both readers find the same header");
    });

    [Fact]
    public void A_report_is_read() => Bytes([Letters.Bytes(Letters.Report)], [.. Words, "Action: ", "Status: ", "Final-Recipient: utf-8;\\x{110000}", "\\x{D800}"], bytes =>
    {
        var report = DeliveryReportReader.Read(MimeMessage.Read(Content(bytes)))?.Report;
        Demand(report is null || report.Recipients.All(recipient => recipient.FinalRecipient is not null), "each recipient has an address");
        Demand(report is null || report.Recipients.All(recipient => IsStorable(recipient.FinalRecipient.Text)), "addresses are storable");
    });

    [Fact]
    public void A_message_is_made_7bit() => Bytes(Fixtures, Words, bytes =>
    {
        var message = MimeMessage.Read(Content(bytes));
        var output = new ArrayBufferWriter<byte>();
        if (Downgrade.Write(message, output) != DowngradeOutcome.Rewritten)
        {
            Demand(output.WrittenCount == 0, "a refusal writes nothing");
            return;
        }

        var after = MimeMessage.Read(output.WrittenMemory);
        Demand(after.Root.Walk().Count() == message.Root.Walk().Count(), "the tree is the same");
        Demand(!after.Root.Walk().Any(part => part.Children.Count == 0 && EightBit.IsIn(part.Body)), "bodies are 7bit");
    });

    [Fact]
    public void A_header_is_made_ascii() => Bytes([.. Fixtures, Letters.Bytes("From: Jürgen <j@bücher.example>\nSubject: Grüße\nContent-Type: a/b; name=\"ä\"\nX-é: a\n\nä\n")], Words, bytes =>
    {
        var message = MimeMessage.Read(Content(bytes));
        var output = new ArrayBufferWriter<byte>();
        if (HeaderDowngrade.Write(message, output) != DowngradeOutcome.Rewritten)
        {
            Demand(output.WrittenCount == 0, "a refusal writes nothing");
            return;
        }

        var after = MimeMessage.Read(output.WrittenMemory);
        Demand(!EightBit.IsIn(after.Root.HeaderRange.In(after.Content)), "the header is ASCII");
        Demand(after.Root.Body.Length >= message.Root.Body.Length || message.Root.Children.Count > 0, "the body is all there");
    });

    private ReadOnlySequence<byte> Content(byte[] bytes) => ++turn % 8 == 0 ? Letters.InPieces(bytes, 37) : new ReadOnlySequence<byte>(bytes);

    private static bool IsStorable(string text) => StorableText.Clean(text, text.Length) == text;
}
