using System.Buffers;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

/// <summary>Whatever a peer sends, every reader returns a value or a fault.</summary>
public sealed class HostileMailTests
{
    private const int Seed = 20261121;

    private static readonly string[] Pieces =
    [
        "\n", "\r", "\n\n", "--b\n", "--outer--\n", "=?", "?=", "=?iso-2022-jp?B?GyRC?=", "\"", "<", "(", ";", "Content-Type: ", "multipart/mixed; boundary=b\n",
        "message/rfc822\n\n", "base64\n", "=3D", "=\n", "begin 644 x\nM\n", "charset=hz-gb-2312", "charset=utf-32", "*0*=%", "\0", "\u00ff", "😀",
    ];

    [Theory]
    [MemberData(nameof(Letters.All), MemberType = typeof(Letters))]
    public void Mail_cut_at_any_byte_is_read(string text)
    {
        var bytes = Letters.Bytes(text);
        for (var length = 0; length <= bytes.Length; length++)
        {
            for (var variant = 0; variant < 9; variant++)
            {
                ReadAll(bytes.AsMemory(0, length), variant);
            }
        }
    }

    [Fact]
    public void Mail_changed_at_random_is_read()
    {
        var random = new Random(Seed);
        var letters = new[] { Letters.Plain, Letters.Mixed, Letters.Broken, Letters.Report }.Select(Letters.Bytes).ToArray();
        for (var i = 0; i < 100_000; i++)
        {
            var mutated = Mutate(letters[i & 3], random);
            try
            {
                // Letters take turns with each i, readers with every fourth, so that each letter meets each reader.
                ReadAll(mutated, i >> 2);
            }
            catch (Exception e)
            {
                throw new ShouldAssertException($"Mutation {i} of seed {Seed} threw: {Convert.ToBase64String(mutated)}", e);
            }
        }
    }

    private static byte[] Mutate(byte[] letter, Random random)
    {
        var bytes = letter.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(30), bytes.Count - at - 1));
                    break;
                case 2:
                    bytes.InsertRange(at, Letters.Bytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), Math.Min(60, bytes.Count / 2)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static void ReadAll(ReadOnlyMemory<byte> bytes, int variant)
    {
        var content = variant % 8 == 7 ? Letters.InPieces(bytes.ToArray(), 37) : new ReadOnlySequence<byte>(bytes);
        var message = MimeMessage.Read(content);
        var summary = HeaderSummary.Read(content);
        Hold(summary.Header == message.Root.HeaderRange, "both readers find the same header");
        summary.Recipients(content, KnownField.To);
        switch (variant % 3)
        {
            case 0:
                ReadParts(message);
                break;
            case 1:
                message.Root.Addresses("From");
                message.Root.Addresses("To");
                DeliveryReportReader.Read(message);
                break;
            default:
                Uuencode.Find(content);
                DowngradeIsClean(message);
                break;
        }
    }

    private static void ReadParts(MimeMessage message)
    {
        foreach (var part in message.Root.Walk())
        {
            Hold(part.BodyRange.End <= message.Content.Length, "a body ends with the content");
            _ = part.FileName;
            Hold(part.ReadText(500).Text.Length <= 500, "text is bounded");
            Hold((part.Header("Subject") ?? "").AsSpan().IndexOfAny("\r\n\0") < 0, "header text has no line ends");
        }
    }

    /// <summary>A message that was rewritten holds the same leaves in the same order, and no 8-bit byte in any body.</summary>
    private static void DowngradeIsClean(MimeMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        if (Downgrade.Write(message, output) != DowngradeOutcome.Rewritten)
        {
            Hold(output.WrittenCount == 0, "a refusal writes nothing");
            return;
        }

        var after = MimeMessage.Read(output.WrittenMemory);
        Hold(after.Root.Walk().Count() == message.Root.Walk().Count(), "the tree is the same");
        Hold(!after.Root.Walk().Any(p => p.Children.Count == 0 && EightBit.IsIn(p.Body)), "bodies are 7bit");
    }

    private static void Hold(bool isTrue, string what)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException("Broken: " + what);
        }
    }
}
