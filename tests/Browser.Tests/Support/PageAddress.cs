using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Postern.Browser.Tests.Support;

/// <summary>Waits for the address of a page.</summary>
public static class PageAddress
{
    /// <summary>Waits until the address is one that the pattern means: <c>**</c> stands for anything, <c>*</c> for anything without a slash.</summary>
    /// <remarks>It looks again and again. Waiting for the news of a navigation misses the one that comes between the look and the wait, which a busy machine makes likely.</remarks>
    public static Task ArrivesAsync(this IPage page, string pattern) => Assertions.Expect(page).ToHaveURLAsync(
        new Regex($"^{Regex.Escape(pattern).Replace(@"\*\*", ".*", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$"),
        new() { Timeout = 30_000 });
}
