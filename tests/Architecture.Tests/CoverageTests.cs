using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Architecture.Tests;

/// <summary>docs/coverage.md names, for each documented failure of the original, the tests that hold its right behaviour.</summary>
public sealed partial class CoverageTests
{
    private const string Document = "docs/coverage.md";

    [Fact]
    public void The_coverage_table_is_in_step_with_the_tests()
    {
        var expected = Write();
        if (Environment.GetEnvironmentVariable("POSTERN_WRITE_DOCS") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(RepositoryFiles.Root, Document), expected);
        }

        RepositoryFiles.Read(Document).ShouldBe(expected, "run the architecture tests with POSTERN_WRITE_DOCS=1");
    }

    private static string Write()
    {
        var text = new StringBuilder(
            """
            # Coverage

            Documented failures of the original (Microsoft Knowledge Base numbers) and the tests that hold the behaviour that is right. Written by the
            architecture tests (`POSTERN_WRITE_DOCS=1 ./test Architecture`).

            | Article | Tests |
            |---|---|

            """);
        foreach (var article in Tests().GroupBy(test => test.Article).OrderBy(group => int.Parse(group.Key.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)))
        {
            var tests = article.Select(test => $"{test.Class}.{test.Method}").Distinct().Order(StringComparer.Ordinal);
            text.Append("| ").Append(article.Key).Append(" | ").AppendJoin("<br>", tests).Append(" |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(string Article, string Class, string Method)> Tests()
    {
        foreach (var file in RepositoryFiles.Below("tests", "*Tests.cs").Order(StringComparer.Ordinal))
        {
            var articles = new List<string>();
            foreach (var line in File.ReadLines(Path.Combine(RepositoryFiles.Root, file)))
            {
                articles.AddRange(Source().Matches(line).Select(match => match.Groups[1].Value));
                if (Method().Match(line) is { Success: true } method)
                {
                    foreach (var article in articles)
                    {
                        yield return (article, Path.GetFileNameWithoutExtension(file), method.Groups[1].Value);
                    }

                    articles.Clear();
                }
            }
        }
    }

    [GeneratedRegex("Trait\\(\"source\", \"(Q[0-9]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) ([A-Z]\w+)\(")]
    private static partial Regex Method();
}
