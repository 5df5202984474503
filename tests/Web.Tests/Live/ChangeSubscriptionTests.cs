using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Web.Live;

namespace Postern.Web.Tests.Live;

public sealed class ChangeSubscriptionTests
{
    // Never opened: the subscription is told by hand.
    private static readonly NpgsqlDataSource Nowhere = NpgsqlDataSource.Create("Host=/nowhere");

    [Fact]
    public async Task A_change_is_told_at_once_and_a_burst_of_them_once_more()
    {
        using var feed = new ChangeFeed(Nowhere, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        using var told = new SemaphoreSlim(0);
        var calls = 0;
        await using var subscription = new ChangeSubscription(feed, TimeProvider.System, TimeSpan.FromMinutes(5), () =>
        {
            Interlocked.Increment(ref calls);
            told.Release();
            return Task.CompletedTask;
        });

        feed.Raise();
        (await told.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        for (var i = 0; i < 100; i++)
        {
            feed.Raise();
        }

        (await told.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_change_the_clock_tells()
    {
        using var feed = new ChangeFeed(Nowhere, TimeProvider.System, NullLogger<ChangeFeed>.Instance);
        using var told = new SemaphoreSlim(0);

        await using var subscription = new ChangeSubscription(feed, TimeProvider.System, TimeSpan.FromMilliseconds(20), () =>
        {
            told.Release();
            return Task.CompletedTask;
        });

        (await told.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }
}
