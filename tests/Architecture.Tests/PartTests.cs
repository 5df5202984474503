using System.Text.RegularExpressions;

namespace Postern.Architecture.Tests;

/// <summary>Every part of the console is drawn by a component test, by itself or inside a part that is.</summary>
public sealed partial class PartTests
{
    // What needs a signed-in person, the browser's script or the database: browser tests draw these.
    private static readonly string[] InTheBrowser =
    [
        "ContentPanel", "CopiesPanel", "DraftActs", "KeyListener", "LetterKeys", "MessageCopies", "NavMenu", "OperationLine", "OperationLines", "PlanGrid", "PlanHeadActs", "PlansByHand",
        "ReconnectNotice", "RedirectToSignIn", "RightsWatch", "SaveView", "SetAsideDetail", "ThemeToggle", "UserBadge",
    ];

    [Fact]
    public void Every_part_is_drawn_by_a_component_test()
    {
        var parts = RepositoryFiles.Below("src/Web/Components", "*.razor").Where(file => !RepositoryFiles.Read(file).Contains("@page", StringComparison.Ordinal))
            .ToLookup(file => Path.GetFileNameWithoutExtension(file));
        var tests = string.Concat(RepositoryFiles.Below("tests/Web.Tests", "*.cs").Select(RepositoryFiles.Read));
        var drawn = DrawnByTest().Matches(tests).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var toSee = new Queue<string>(drawn);
        while (toSee.TryDequeue(out var name))
        {
            foreach (var inside in parts[name].SelectMany(file => Inside().Matches(TextOf(file))).Select(match => match.Groups[1].Value).Where(drawn.Add))
            {
                toSee.Enqueue(inside);
            }
        }

        var frames = new[] { "App", "Routes", "MainLayout", "PlainLayout", "_Imports" };
        parts.Select(part => part.Key).Where(name => !drawn.Contains(name)).Except(frames).Order(StringComparer.Ordinal).ShouldBe(InTheBrowser);
    }

    // Cells of a table are named behind the markup.
    private static string TextOf(string file) => RepositoryFiles.Read(file) + (File.Exists(Path.Combine(RepositoryFiles.Root, file + ".cs")) ? RepositoryFiles.Read(file + ".cs") : "");

    [GeneratedRegex(@"RenderAsync<(?:\w+\.)*(\w+)")]
    private static partial Regex DrawnByTest();

    [GeneratedRegex(@"<([A-Z]\w+)[\s/>]")]
    private static partial Regex Inside();
}
