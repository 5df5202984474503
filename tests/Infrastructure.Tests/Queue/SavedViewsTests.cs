using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class SavedViewsTests : IAsyncLifetime
{
    private static readonly Operator Keller = new("m.keller", [Role.Operator], "");
    private static readonly Operator Viewer = new("v.ito", [Role.Viewer], "");
    private static readonly Operator Admin = new("admin", [Role.Administrator], "");
    private TestDatabase database = null!;
    private SavedViews views = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        views = new SavedViews(database.DataSource);
    }

    public async ValueTask DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Everybody_sees_their_own_views_and_those_for_everybody()
    {
        (await views.SaveAsync("SALES locked", "connector=ccmail-sales", false, Keller, default)).ShouldBeNull();
        (await views.SaveAsync("Large", "size=5242880", true, Keller, default)).ShouldBeNull();
        (await views.SaveAsync("Mine", "state=held", false, Viewer, default)).ShouldBeNull();

        (await views.ListAsync("m.keller", default)).Select(view => view.Name).ShouldBe(["Large", "SALES locked"]);
        (await views.ListAsync("v.ito", default)).Select(view => view.Name).ShouldBe(["Mine", "Large"]);
    }

    [Fact]
    public async Task A_name_is_kept_once_and_has_bounds()
    {
        await views.SaveAsync("Large", "size=1", false, Keller, default);
        (await views.SaveAsync(" large ", "size=2", false, Keller, default)).ShouldBeNull();

        (await views.ListAsync("m.keller", default)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(view => view.Name.ShouldBe("large"), view => view.Query.ShouldBe("size=2"));
        (await views.SaveAsync("  ", "size=2", false, Keller, default))!.ShouldContain("1 to 40");
        (await views.SaveAsync(new string('x', 41), "size=2", false, Keller, default))!.ShouldContain("1 to 40");
        for (var i = 1; i < SavedViews.Most; i++)
        {
            (await views.SaveAsync($"view {i}", "", false, Keller, default)).ShouldBeNull();
        }

        (await views.SaveAsync("one more", "", false, Keller, default))!.ShouldContain("remove one first");
        (await views.SaveAsync("Large", "size=3", false, Keller, default)).ShouldBeNull("a view that is kept can be changed");
    }

    [Fact]
    public async Task Only_who_may_act_shares_and_only_the_owner_or_an_administrator_removes()
    {
        await views.SaveAsync("Large", "size=1", true, Keller, default);
        var id = (await views.ListAsync("v.ito", default)).ShouldHaveSingleItem().Id;

        await Should.ThrowAsync<RightMissingException>(() => views.SaveAsync("Shared", "size=1", true, Viewer, default));
        (await views.RemoveAsync(id, Viewer, default)).ShouldBeFalse();
        (await views.RemoveAsync(id, Admin, default)).ShouldBeTrue();
    }

    [Fact]
    public async Task Each_view_is_counted_in_one_pass()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        foreach (var domain in (string[])["x", "x", "y"])
        {
            await queue.AcceptAsync(queue.Message("m", $"a@{domain}.example"));
        }

        (await new QueueView(queue.Database.DataSource).CountsAsync(
            [QueueFilter.Waiting with { Domain = "x.example" }, QueueFilter.Waiting, QueueFilter.Waiting with { States = [Domain.Queue.DeliveryState.Bounced] }], default)).ShouldBe([2, 3, 0]);
    }
}
