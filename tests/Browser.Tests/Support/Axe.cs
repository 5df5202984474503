using System.Diagnostics;
using System.Text.Json;

namespace Postern.Browser.Tests.Support;

/// <summary>Asks axe-core what stands in the way of people who do not see the page, or do not see colours.</summary>
public static class Axe
{
    private static readonly Lazy<Task<string>> Script = new(ReadAsync);

    /// <summary>Fails when axe finds anything serious or critical on the page as it stands.</summary>
    public static async Task ShouldFindNothingAsync(Window window, string name)
    {
        if (await window.Page.EvaluateAsync<bool>("typeof axe === 'undefined'"))
        {
            await window.Page.EvaluateAsync(await Script.Value);
        }

        var found = JsonSerializer.Deserialize<string[]>(await window.Page.EvaluateAsync<string>(Question))!;
        found.ShouldBeEmpty($"{name} stands in somebody's way");
    }

    // In the dark only colours are other ones. Of a long table the first rows stand for all: the hundredth is drawn by the same line.
    // A rule that never finds more than something moderate is not asked; only axe's own list knows which these are.
    private const string Question =
        """
        async () => {
          const isDark = document.documentElement.dataset.theme === 'dark';
          const slight = axe._audit.rules.filter(rule => rule.impact === 'minor' || rule.impact === 'moderate');
          const found = await axe.run(
            { exclude: [['tbody > tr:nth-child(n + 9)']] },
            {
              iframes: false, resultTypes: ['violations'],
              ...(isDark ? { runOnly: ['color-contrast'] } : { rules: Object.fromEntries(slight.map(rule => [rule.id, { enabled: false }])) }),
            });
          return JSON.stringify(found.violations
            .filter(fault => fault.impact === 'serious' || fault.impact === 'critical')
            .flatMap(fault => fault.nodes.map(node => `${fault.id} (${fault.help}): ${node.html.slice(0, 300)} | ${node.failureSummary.slice(0, 400)}`)));
        }
        """;

    private static async Task<string> ReadAsync()
    {
        using var installing = Process.Start(new ProcessStartInfo(Path.Combine(Window.House, "eng", "axe.sh")) { RedirectStandardError = true })!;
        var complaint = await installing.StandardError.ReadToEndAsync();
        await installing.WaitForExitAsync();
        installing.ExitCode.ShouldBe(0, complaint);
        return await File.ReadAllTextAsync(Path.Combine(Window.House, "artifacts", "axe", "node_modules", "axe-core", "axe.min.js"));
    }
}
