using System.Diagnostics;
using System.Globalization;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class AttemptLogTests
{
    [Fact]
    public void Attempts_that_had_begun_and_not_ended_are_known_to_the_next_process()
    {
        using var folder = new TestFolder();
        using (var log = new AttemptLog(folder["attempts"]))
        {
            log.Begin([7, 8, 9]);
            log.End([8]);
        }

        using var next = new AttemptLog(folder["attempts"]);
        next.Interrupted.ShouldBe([7, 9], ignoreOrder: true);
    }

    /// <summary>A write into a hole of a mapped file ends the process when the disk is full: there must be none.</summary>
    [Fact]
    public void Has_all_its_room_on_the_disk_from_the_start()
    {
        using var folder = new TestFolder();
        using var log = new AttemptLog(folder["attempts"]);

        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b %B %s", folder["attempts"]]) { RedirectStandardOutput = true })!;
        var numbers = stat.StandardOutput.ReadToEnd().Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();

        (numbers[0] * numbers[1]).ShouldBeGreaterThanOrEqualTo(numbers[2]);
    }
}
