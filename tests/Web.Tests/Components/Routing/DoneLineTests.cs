using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Web.Components.Routing;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Routing;

public sealed class DoneLineTests
{
    [Fact]
    public async Task What_was_done_can_be_taken_back_and_what_was_not_says_why()
    {
        var told = new List<string>();
        using var part = await PartRenderer.RenderAsync<DoneLine>(new Dictionary<string, object?>
        {
            [nameof(DoneLine.Refusal)] = "Somebody was <b>faster</b>.",
            [nameof(DoneLine.Done)] = "3 proposals are taken.",
            [nameof(DoneLine.OnTakeBack)] = EventCallback.Factory.Create(this, () => told.Add("back")),
            [nameof(DoneLine.OnDismiss)] = EventCallback.Factory.Create(this, () => told.Add("gone")),
        });

        await part.RaiseAsync("onclick", new MouseEventArgs());
        await part.RaiseAsync("onclick", new MouseEventArgs(), 1);

        told.ShouldBe(["back", "gone"]);
        part.Text.ShouldBe("Nothing was changedSomebody was <b>faster</b>.3 proposals are taken.Take back");
        part.Body.QuerySelector("b").ShouldBeNull();
    }
}
