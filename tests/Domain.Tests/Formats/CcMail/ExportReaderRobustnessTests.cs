using System.Buffers;
using System.Diagnostics;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class ExportReaderRobustnessTests
{
    private static readonly string[] Words =
    [
        "Message:\r\n", "Contents:\r\n", "Text item:\r\n", "File item: A.B\r\n", "0         \r\n", "9999999999\r\n", "          \r\n",
        "To: a at b\r\n", "\r\n", "\u001a", "*** x ***\r\n", "Date: 2/31/99\r\n", "Zed:\r\n3\r\n", "\n", "Name: x\r\n", "From:\r\n",
    ];

    public static TheoryData<string> AllFixtures => [.. Fixtures];

    [Theory]
    [MemberData(nameof(AllFixtures))]
    [Trait("source", "Q234745")]
    public void Every_prefix_of_a_fixture_ends_with_messages_or_faults(string fixture)
    {
        var file = Fixture(fixture);
        for (var length = 0; length <= file.Length; length++)
        {
            ReadAndCheck(file[..length]);
        }
    }

    [Fact]
    public void A_cut_fixture_never_claims_to_be_whole()
    {
        var file = Fixture("msg-itemsize-modelA.ccm");
        var firstEnd = (int)Read(file)[0].Raw.Length;
        for (var length = 1; length < firstEnd - 4; length++)
        {
            var messages = Read(file[..length]);

            messages.Count.ShouldBe(1);
            messages[0].IsReadable.ShouldBeFalse($"cut at {length}");
        }
    }

    [Fact]
    [Trait("source", "Q176375")]
    public void A_hundred_thousand_mutations_end_in_bounded_time()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var fixtures = Fixtures.Select(Fixture).ToList();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100_000; i++)
        {
            var file = Mutated(fixtures[random.Next(fixtures.Count)], random);
            try
            {
                ReadAndCheck(file);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, round {i}: {Convert.ToHexString(file)}", e);
            }
        }

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(120));
    }

    [Theory]
    [InlineData("Message:\r\n")]
    [InlineData("Message:\r\n9999999999\r\n")]
    [InlineData("Message:\r\n999999    \r\nContents:\r\n5\r\n")]
    [InlineData("Text item:\r\n99999999\r\n")]
    [InlineData("a:\n9\n")]
    [InlineData("Message:\r\n26\r\nContents:\r\n11\r\nZed:\r\n3\r\nab")]
    [InlineData("\r\n")]
    [InlineData("To: a at b, c at d\r\n")]
    [InlineData("x")]
    public void Hostile_repetition_stays_linear(string unit)
    {
        var start = $"Message:\r\n          \r\n{Header}Contents:\r\n          \r\n";
        var file = Bytes(start + string.Concat(Enumerable.Repeat(unit, 2_000_000 / unit.Length)));
        var watch = Stopwatch.StartNew();

        var count = ExportReader.ReadAll(Segmented(file, 4_096), Profile).Count();

        count.ShouldBeGreaterThan(0);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static byte[] Mutated(byte[] file, Random random)
    {
        var bytes = file.ToList();
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 30), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, Bytes(Words[random.Next(Words.Length)]));
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.Skip(random.Next(bytes.Count)).Take(random.Next(60)).ToArray());
                    break;
                default:
                    bytes[at] = (byte)(bytes[at] ^ (1 << random.Next(8)));
                    break;
            }
        }

        return [.. bytes];
    }

    // Whatever was read: blocks in order, none overlaps, and no byte that is not blank is left out
    private static void ReadAndCheck(byte[] file)
    {
        var sequence = new ReadOnlySequence<byte>(file);
        long end = 0;
        var messages = ExportReader.ReadAll(sequence, Profile).ToList();
        foreach (var message in messages)
        {
            Demand(message.Offset >= end && IsBlank(file, end, message.Offset), "blocks leave bytes out or overlap");
            end = message.Offset + message.Raw.Length;
            Demand(message.Items.All(i => i.Offset >= message.Offset && i.Offset + i.Data.Length <= file.Length), "an item lies outside");
        }

        Demand(IsBlank(file, end, file.Length), "the last bytes are left out");
        Demand(UndeliverableReader.Of(messages, Profile).All(m => m.Failed.Count == m.Original.Recipients.Count || m.NamesRecipients), "und");
        if (file is [(byte)'N', ..])
        {
            Demand(DirectoryReader.Read(sequence, Profile).Records.Count <= file.Length, "directory");
        }
    }

    private static void Demand(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidOperationException(otherwise);
        }
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
