using Microsoft.Playwright;

namespace Postern.Browser.Tests.Support;

/// <summary>What every page has to stand once it is drawn: in each look it fits its window and axe finds nothing, and Tab reaches everything.</summary>
public static class Review
{
    private static readonly (string Name, int Width, int Height, bool IsDark)[] Looks =
    [
        ("1440-dark", 1440, 900, true), ("1024-dark", 1024, 768, true), ("1024-light", 1024, 768, false), ("1440-light", 1440, 900, false),
    ];

    /// <summary>Keeps the pictures of the page as it stands and looks at it in all its looks; the window is wide and light afterwards.</summary>
    public static async Task ReviewAsync(this Window window, string name)
    {
        foreach (var (look, width, height, isDark) in Looks)
        {
            await window.Page.SetViewportSizeAsync(width, height);
            await window.Page.EmulateMediaAsync(new() { ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
            await window.Page.Locator($"html[data-theme={(isDark ? "dark" : "light")}]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await window.KeepAsync($"{name}-{look}");
            (await window.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue($"{name}-{look} is wider than its window");
            if (Screens.AreAskedFor)
            {
                await Screens.WriteAsync(window, $"{name}-{look}");
            }

            // The narrow page in the dark has the colours of the wide one, and what the wide one says in the light the narrow one says too.
            if (look is "1440-dark" or "1024-light")
            {
                await Axe.ShouldFindNothingAsync(window, $"{name}-{look}");
            }
        }

        await TabWalk.ShouldReachEverythingAsync(window, name);
    }
}
