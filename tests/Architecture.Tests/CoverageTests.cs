using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Architecture.Tests;

/// <summary>docs/coverage.md names, for each documented failure of the original, the tests that hold its right behaviour, or why there is none.</summary>
public sealed partial class CoverageTests
{
    private const string Document = "docs/coverage.md";

    private static readonly (string Title, IReadOnlyList<DocumentedFailure> Failures)[] Areas =
    [
        ("Queues and poison messages, logging and diagnostics", DocumentedFailures.All),
        ("Directory synchronisation", DirectoryFailures.All),
        ("Routing, addressing, loops and reports", RoutingFailures.All),
    ];

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

    [Fact]
    public void Each_listed_failure_is_tested_or_has_its_reason_and_never_both() =>
        FaultsOf([.. Areas.SelectMany(area => area.Failures)], Tests().Select(test => test.Article).ToHashSet(StringComparer.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void A_failure_without_test_and_reason_or_with_both_is_found()
    {
        HashSet<string> tested = ["Q2", "Q3", "Q4"];

        FaultsOf([new("Q1", "a."), new("Q2", "b."), new("Q3", "c.", WaitsFor: "a part"), new("Q4", "d.", NotHere: "Never."), new("Q5", "e.", WaitsFor: "a part", NotHere: "Never."), new("Q2", "f.")], tested)
            .ShouldBe(
            [
                "Q1 has neither a test nor a reason.",
                "Q3 has a test and waits for a part.",
                "Q4 has a test and is said not to happen here.",
                "Q5 waits for a part and is said not to happen here.",
                "Q2 stands here twice.",
            ]);
    }

    private static IEnumerable<string> FaultsOf(IReadOnlyList<DocumentedFailure> failures, HashSet<string> tested)
    {
        foreach (var failure in failures)
        {
            var isTested = tested.Contains(failure.Article);
            switch (isTested, failure.WaitsFor.Length > 0, failure.NotHere.Length > 0)
            {
                case (false, false, false):
                    yield return $"{failure.Article} has neither a test nor a reason.";
                    break;
                case (true, true, _):
                    yield return $"{failure.Article} has a test and waits for {failure.WaitsFor}.";
                    break;
                case (true, _, true):
                    yield return $"{failure.Article} has a test and is said not to happen here.";
                    break;
                case (_, true, true):
                    yield return $"{failure.Article} waits for {failure.WaitsFor} and is said not to happen here.";
                    break;
            }
        }

        foreach (var twice in failures.GroupBy(failure => failure.Article).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Key} stands here twice.";
        }
    }

    private static string Write()
    {
        var tests = Tests().ToLookup(test => test.Article, test => $"{test.Class}.{test.Method}");
        var known = Areas.SelectMany(area => area.Failures).Select(failure => failure.Article).ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder(
            """
            # Coverage

            Documented failures of the original (Microsoft Knowledge Base numbers) and the tests that hold the behaviour that is right. Written by the
            architecture tests (`POSTERN_WRITE_DOCS=1 ./test Architecture`). Which failures there are in each area stands in
            `tests/Architecture.Tests/*Failures.cs`; the tests say so themselves, each with the number of the article.

            """);
        foreach (var (title, failures) in Areas)
        {
            text.Append("\n## ").Append(title).Append("\n\n| Article | What went wrong | Tests |\n|---|---|---|\n");
            Append(text, failures.Where(failure => tests.Contains(failure.Article)), failure => string.Join("<br>", Names(tests[failure.Article])));
            Append(text, failures.Where(failure => failure.WaitsFor.Length > 0), failure => failure.WaitsFor, "Waiting for a part that is not built yet", "Waits for");
            Append(text, failures.Where(failure => failure.NotHere.Length > 0), failure => failure.NotHere, "Not applicable", "Why it cannot happen here");
        }

        text.Append("\n## Other failures\n\n| Article | Tests |\n|---|---|\n");
        foreach (var article in tests.Where(article => !known.Contains(article.Key)).OrderBy(article => Number(article.Key)))
        {
            text.Append("| ").Append(article.Key).Append(" | ").AppendJoin("<br>", Names(article)).Append(" |\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<DocumentedFailure> failures, Func<DocumentedFailure, string> last, string title = "", string column = "")
    {
        var rows = failures.OrderBy(failure => Number(failure.Article)).ToList();
        if (rows.Count > 0 && title.Length > 0)
        {
            text.Append("\n### ").Append(title).Append("\n\n| Article | What went wrong | ").Append(column).Append(" |\n|---|---|---|\n");
        }

        foreach (var failure in rows)
        {
            text.Append("| ").Append(failure.Article).Append(" | ").Append(failure.Failure).Append(" | ").Append(last(failure)).Append(" |\n");
        }
    }

    private static IEnumerable<string> Names(IEnumerable<string> tests) => tests.Distinct().Order(StringComparer.Ordinal);

    private static int Number(string article) => int.Parse(article.AsSpan(1), CultureInfo.InvariantCulture);

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
