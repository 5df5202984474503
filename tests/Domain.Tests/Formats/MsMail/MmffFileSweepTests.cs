using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Tests.Support;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Formats.MsMail;

/// <summary>Whatever a gateway program, or what stands in for one, writes: each reader returns messages or faults.</summary>
public sealed class MmffFileSweepTests
{
    private static readonly string[] Words =
    [
        "VERSION:3.00\r\n", "VERSION:", "TO:CSI:A/B/C\r\n", "TEXT:0\r\n", "TEXT:99999\r\n", "TEXT:\r\n", "ATTACHMENT:A B 5\r\n", "XATTACH:C:\\A B\r\n",
        "XTEXT:X\r\n", "\r", "\n", "\r\n", "\u001a", "^0D", "PRIORITY:C\r\n", "DATE:00-00-00\r\n", ":", "[004] x\r\n", "Mail item was not delivered to:\r\n\r\n",
        "Microsoft Mail v3.0 IPM.Microsoft Mail.Note\r\n", "SUBJECT:Mail failure\r\n", "POSTMASTER",
    ];

    private int turn;

    [Fact]
    [Trait("source", "Q100703")]
    [Trait("source", "Q148768")]
    public void A_file_is_read() => ParserSweep.Bytes(Fixtures.Select(Fixture), Words, file =>
    {
        var profile = Profile with { BodyGap = (BodyGap)(turn++ % 3) };
        long end = 0;
        foreach (var message in Read(file, profile))
        {
            var last = message.Offset + message.Raw.Length;
            Demand(message.Offset >= end && IsBlank(file, end, message.Offset), "blocks leave no byte out and do not overlap");
            Demand(message.Body.Length <= message.Raw.Length, "a text lies within its message");
            Demand(message.Attachments.All(a => a.Offset >= message.Offset && a.Offset + a.Data.Length <= last), "an attachment lies within its message");
            Demand(message.Faults == MmffFault.None || message.Notes.Count is > 0 and <= 50, "each fault is said, and their number is bounded");
            if (message.IsReadable)
            {
                Demand(message.Body.Length == message.DeclaredBodySize, "a text has the size that was declared");
                Demand(message.Attachments.All(a => a.Data.Length == a.DeclaredSize), "an attachment has the size that was declared");
                Convert(message, profile);
            }

            end = last;
        }

        Demand(IsBlank(file, end, file.Length), "the last bytes are not left out");
    });

    [Fact]
    public void What_a_program_says_is_read() => ParserSweep.Text(
        ["141-1-2 Cannot match token TO", "201 - 1 - 0  Failure submitting", "151-1-2: Unknown service PCM\r\n142-1-2 Bad Address"],
        ["-", " - ", "0", "999", "\r\n", "\t", ":", "99999999999"],
        text => Demand(
            ProgramError.ReadAll(text).All(e => e is { Number: >= 0 and < 1000, Message: >= 0, Line: >= 0 } && e.Text == e.Text.Trim()), "an error is three numbers and words"));

    [Fact]
    public void An_address_is_taken_apart() => ParserSweep.Text(
        ["CSI:HARBOR/PIER1/ANNAB", "FAX:A^0DB^0D", "SMTP:jane@site1.example", "PCM:N\\P\\M", "*SPECIAL"],
        [":", "/", "\\", "^0D", "^", " ", "CSI", "@", "\ud83d"],
        text =>
        {
            var address = MsMailAddressText.Parse(text);
            Demand(address.Raw == text.Trim(), "the text is kept");
            Demand(address.TryAddress(out var native, out var fault) ? native.Mailbox == address.Mailbox : fault.Length > 0, "an address has its mailbox, or there is a fault");
            Demand(!HopName.TryParse(text, out var hop) || HopName.TryParse(hop.ToString(), out var again) && again.Equals(hop), "a hop that was read can be read again");
        });

    // One in eight: what is read is also turned into an internet message, which is read again
    private void Convert(MsMailMessage message, MsMailProfile profile)
    {
        if (turn % 8 != 0)
        {
            return;
        }

        var output = new ArrayBufferWriter<byte>();
        _ = MsMailAddress.TryParse("HARBOR/PIER1/POSTMASTER", out var postmaster, out _);
        var request = new FromMsMailRequest
        {
            Message = message,
            Profile = profile,
            Postmaster = postmaster,
            Resolve = address => new Mailbox(address.Mailbox, "x@site1.example"),
            ReceivedAt = DateTimeOffset.UnixEpoch,
            MessageId = "<1@site1.example>",
        };
        var mail = FromMsMail.Convert(request, output);
        Demand(!message.IsNeverAnswered || message.From is null || mail.Kind != IncomingKind.Message, "nothing answers a machine");
        Demand(MimeMessage.Read(output.WrittenMemory).Root.Header("Message-ID") == "<1@site1.example>", "what was written is a message");
    }

    private static bool IsBlank(byte[] file, long start, long end)
    {
        for (var i = start; i < end; i++)
        {
            if (file[i] is not ((byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t' or 0x1A))
            {
                return false;
            }
        }

        return true;
    }
}
