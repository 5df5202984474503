using System.Diagnostics;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class ExportReaderRobustnessTests
{
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
}
