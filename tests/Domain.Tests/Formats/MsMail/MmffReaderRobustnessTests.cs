using System.Diagnostics;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Tests.Formats.CcMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class MmffReaderRobustnessTests
{
    [Theory]
    [Trait("source", "Q100703")]
    [InlineData("timetable.in")]
    [InlineData("failure.in")]
    [InlineData("receipt.in")]
    [InlineData("several-cr.in")]
    [InlineData("several-lf.in")]
    [InlineData("gap.in")]
    [InlineData("nested.in")]
    public void A_cut_message_never_claims_to_be_whole(string fixture)
    {
        var file = Fixture(fixture);
        var profile = fixture == "gap.in" ? Profile with { BodyGap = BodyGap.LineEnd } : Profile;
        foreach (var message in Read(file, profile))
        {
            var end = (int)(message.Offset + message.Raw.Length);
            for (var length = (int)message.Offset + 1; length < end && message.Body.Length > 0; length++)
            {
                var cut = Read(file[..length], profile);

                cut[^1].IsReadable.ShouldBeFalse($"cut at {length}");
                cut.Count(m => m.IsReadable).ShouldBe(message.Ordinal - 1, $"cut at {length}");
            }
        }
    }

    [Theory]
    [InlineData("VERSION:3.00\r\n")]
    [InlineData("VERSION:3.00\r\nTEXT:0\r\nx")]
    [InlineData("VERSION:3.00\r\nTEXT:9\r\n\r\n \r\n")]
    [InlineData("TO:CSI:A/B/C\r\n")]
    [InlineData("ATTACHMENT:A 0\r\n")]
    [InlineData("TEXT:9999999999\r\n")]
    [InlineData("VERSION:3.00\rTEXT:0\r\n")]
    [InlineData("\r")]
    [InlineData("V")]
    public void Hostile_repetition_stays_linear(string unit)
    {
        var file = Bytes(Header + string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)));
        var watch = Stopwatch.StartNew();

        var count = MmffReader.ReadAll(CcMailFiles.Segmented(file, 4_096), Profile).Count();

        count.ShouldBeGreaterThan(0);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
