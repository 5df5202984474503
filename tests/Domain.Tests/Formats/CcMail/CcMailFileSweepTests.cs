using System.Buffers;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Tests.Support;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Formats.CcMail;

/// <summary>Whatever a post office, or what stands in for one, writes into a file: each reader returns messages, records or faults.</summary>
public sealed class CcMailFileSweepTests
{
    private static readonly string[] Words =
    [
        "Message:\r\n", "Contents:\r\n", "Text item:\r\n", "File item: A.B\r\n", "0         \r\n", "9999999999\r\n", "          \r\n",
        "To: a at b\r\n", "\r\n", "\u001a", "*** x ***\r\n", "Date: 2/31/99\r\n", "Zed:\r\n3\r\n", "\n", "Name: x\r\n", "From:\r\n", "Header Buffer Full\r\n",
    ];

    private static readonly string[] DirectoryWords =
        ["Name: ", "Locn: P\r\n", "Locn: p\r\n", "Addr: SALES\r\n", "Cmts: \r\n", "Cmts:", "\r\n", "\r", "\u001a", "\t", ":", "Name:\r\n", "name: x\r\n"];

    private static readonly byte[][] Messages = [.. new[] { "damaged.ccm", "msg-itemsize-modelA.ccm", "msg-itemsize-modelB.ccm", "msg-plain.txt" }.Select(Fixture)];

    private static readonly byte[][] Undeliverables = [Fixture("und-header-full.und"), Fixture("und-reasons.und")];

    [Fact]
    [Trait("source", "Q176375")]
    [Trait("source", "Q234745")]
    public void An_export_is_read() => ParserSweep.Bytes([.. Messages, .. Undeliverables], Words, file =>
    {
        long end = 0;
        foreach (var message in Read(file))
        {
            Demand(message.Offset >= end && IsBlank(file, end, message.Offset), "blocks leave no byte out and do not overlap");
            end = message.Offset + message.Raw.Length;
            Demand(message.Items.All(item => item.Offset >= message.Offset && item.Offset + item.Data.Length <= file.Length), "an item lies within the file");
        }

        Demand(IsBlank(file, end, file.Length), "the last bytes are not left out");
    });

    [Fact]
    public void An_undeliverable_file_is_read() => ParserSweep.Bytes([.. Undeliverables, .. Messages.Take(1)], [.. Words, "***", "***\r\n", "*** a ***  *** b ***\r\n"], file =>
    {
        foreach (var message in UndeliverableReader.Read(new ReadOnlySequence<byte>(file), Profile))
        {
            Demand(message.Failed.Count == message.Original.Recipients.Count || message.NamesRecipients, "each recipient is told of, or those that are named");
            Demand(message.Reasons.Count <= 20 && message.Failed.All(failed => failed.Recipient is not null), "reasons are bounded");
        }
    });

    [Fact]
    public void A_directory_is_read() => ParserSweep.Bytes(
        [Fixture("ccmdir.exp"), Bytes("Name: Doe, Jane\r\nLocn: L\r\nAddr: \r\nCmts: Crane 4\r\n\r\nName: SITE1\r\nLocn: P\r\nAddr: \r\nCmts:"), Bytes("Addr: a\r\nName:\r\n\u001a")],
        DirectoryWords,
        file =>
        {
            var directory = DirectoryReader.Read(new ReadOnlySequence<byte>(file), Profile);
            Demand(directory.Records.All(record => record.Name.Length > 0), "a record has a name");
            Demand(directory.Notes.Count <= 101, "notes are bounded");
            Demand(directory.IsComplete || directory.Notes.Count > 0, "what is not complete is said");
            Demand(TitleReader.Read(new ReadOnlySequence<byte>(file), Profile, areBoards: true).All(title => title.Length > 1 && title[0] == '#'), "a title of a board is one");
        });

    [Fact]
    [Trait("source", "Q168300")]
    public void A_macintosh_file_is_unwrapped() => ParserSweep.Bytes([MacFile(0), MacFile(200)], ["\0\0\0\0", "\u0081"], bytes =>
    {
        // The checksum stops nearly all damage before it reaches the lengths; every other file gets its checksum mended.
        if (bytes.Length >= 128 && bytes[^1] % 2 == 0)
        {
            var checksum = MacBinary.Checksum(bytes.AsSpan(0, 124));
            (bytes[124], bytes[125]) = ((byte)(checksum >> 8), (byte)checksum);
        }

        if (MacBinary.TryRead(new ReadOnlySequence<byte>(bytes), out var file))
        {
            Demand(file.Data.Length + file.ResourceLength <= bytes.Length && file.Name.Length is > 0 and <= 63, "the forks lie within the file");
        }
    });

    private static byte[] MacFile(int length)
    {
        var file = new byte[128 + ((length + 127) / 128 * 128)];
        file[1] = 3;
        "abc"u8.CopyTo(file.AsSpan(2));
        file[86] = (byte)length;
        (file[122], file[123]) = (129, 129);
        var checksum = MacBinary.Checksum(file.AsSpan(0, 124));
        (file[124], file[125]) = ((byte)(checksum >> 8), (byte)checksum);
        return file;
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
