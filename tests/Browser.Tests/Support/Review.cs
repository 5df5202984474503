namespace Postern.Browser.Tests.Support;

/// <summary>What every page has to stand, once it is drawn: it fits its window, axe finds nothing, and Tab reaches everything.</summary>
public static class Review
{
    /// <summary>Keeps the picture of a page and looks at it; <paramref name="name"/> ends with the look, as in <c>queue-1440-light</c>.</summary>
    /// <remarks>The walk and the pictures of the documents are of the wide light look alone: the others are the same page.</remarks>
    public static async Task ReviewAsync(this Window window, string name)
    {
        const string Plain = "-1440-light";
        await window.KeepAsync(name);
        (await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue($"{name} is wider than its window");
        await Axe.ShouldFindNothingAsync(window, name);
        if (name.EndsWith(Plain, StringComparison.Ordinal))
        {
            if (Screens.AreAskedFor)
            {
                await Screens.WriteAsync(window, name[..^Plain.Length]);
            }

            await TabWalk.ShouldReachEverythingAsync(window, name);
        }
    }
}
