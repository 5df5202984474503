using System.Net;
using Postern.Web.Api;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Api;

public sealed class FailedKeysTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly TestClock clock = new();

    [Fact]
    public void The_more_wrong_keys_the_later_the_answer_until_there_is_none()
    {
        var failed = new FailedKeys(clock);

        var notes = Enumerable.Range(1, 102).Select(_ => failed.Note(Here)).ToList();

        notes.Take(5).ShouldAllBe(note => note.Delay == TimeSpan.Zero);
        notes[5].Delay.ShouldBe(TimeSpan.FromMilliseconds(100));
        notes[6].Delay.ShouldBe(TimeSpan.FromMilliseconds(200));
        notes[99].ShouldBe((100, TimeSpan.FromSeconds(5)));
        notes[100].ShouldBe((101, TimeSpan.Zero));
        notes[101].ShouldBe((101, TimeSpan.Zero));
    }

    [Fact]
    public void Each_address_is_counted_by_itself_and_forgotten_when_it_is_quiet()
    {
        var failed = new FailedKeys(clock);
        failed.Note(Here);

        failed.Note(IPAddress.Parse("192.0.2.2")).Count.ShouldBe(1);
        failed.Note(Here.MapToIPv6()).Count.ShouldBe(2);
        clock.Move(FailedKeys.Memory + TimeSpan.FromSeconds(1));
        failed.Note(Here).Count.ShouldBe(1);
    }

    [Fact]
    public void A_network_of_IPv6_is_one_place()
    {
        var failed = new FailedKeys(clock);
        failed.Note(IPAddress.Parse("2001:db8:1:2::1"));

        failed.Note(IPAddress.Parse("2001:db8:1:2:ffff::9")).Count.ShouldBe(2);
        failed.Note(IPAddress.Parse("2001:db8:1:3::1")).Count.ShouldBe(1);
    }

    [Fact]
    public void However_many_addresses_there_are_memory_is_bounded()
    {
        var failed = new FailedKeys(clock);

        for (var i = 0; i < 30_000; i++)
        {
            failed.Note(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i])).Count.ShouldBe(1);
        }

        failed.Known.ShouldBeLessThanOrEqualTo(10_000);
    }
}
