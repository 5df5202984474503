using System.Reflection;
using System.Text;
using Postern.Infrastructure.Events;

namespace Postern.Architecture.Tests;

/// <summary>docs/EVENTS.md names every event: what it says, why, and what to do.</summary>
public sealed class EventDocumentTests
{
    private const string Document = "docs/EVENTS.md";

    [Fact]
    [Trait("source", "Q149271")]
    public void Every_code_has_its_meaning_and_every_meaning_its_code()
    {
        var codes = Codes().Keys.Order().ToList();

        EventCatalog.All.Select(kind => kind.Code).ShouldBe(codes);
        EventCatalog.All.ShouldAllBe(kind => kind.Severities.Count > 0 && kind.Text.EndsWith('.') && kind.Cause.EndsWith('.') && kind.NextStep.EndsWith('.'));
    }

    [Fact]
    public void The_document_is_in_step_with_the_codes()
    {
        var expected = Write();
        if (Environment.GetEnvironmentVariable("POSTERN_WRITE_DOCS") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(RepositoryFiles.Root, Document), expected);
        }

        RepositoryFiles.Read(Document).ShouldBe(expected, "run the architecture tests with POSTERN_WRITE_DOCS=1");
    }

    [Fact]
    public void No_event_is_written_under_a_bare_number()
    {
        var bare = RepositoryFiles.Below("src", "*.cs").Where(file => RepositoryFiles.Read(file) is var text
            && (text.Contains("TellAsync(2", StringComparison.Ordinal) || text.Contains("TellAsync(4", StringComparison.Ordinal)
                || text.Contains("events.WriteAsync(2", StringComparison.Ordinal) || text.Contains("events.WriteAsync(4", StringComparison.Ordinal)));

        bare.ShouldBeEmpty();
    }

    private static Dictionary<int, string> Codes() => typeof(EventCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .ToDictionary(field => (int)field.GetRawConstantValue()!, field => field.Name);

    private static string Write()
    {
        var names = Codes();
        var text = new StringBuilder(
            """
            # Events

            Everything that an administrator must be able to see later is an event: a sentence, a next step and a code. It stands in the console under *Events*, and
            in the log under the same code. Words in ‹angle brackets› change. Where a severity is followed by *information*, that one says that the trouble is over.

            The watchdogs' events (2301 to 2313) come in pairs: one when an alert opens, one with the severity *information* when it closes. Written by the architecture
            tests (`POSTERN_WRITE_DOCS=1 ./test Architecture`) from `EventCatalog`, which is also what the console shows.

            """);
        foreach (var kind in EventCatalog.All)
        {
            var severities = string.Join(", ", kind.Severities.Select(severity => severity.ToString().ToLowerInvariant()));
            text.Append("\n## ").Append(kind.Code).Append(' ').Append(names[kind.Code]).Append("\n\n")
                .Append("| | |\n|---|---|\n")
                .Append("| Severity | ").Append(severities).Append(" |\n")
                .Append("| Text | ").Append(kind.Text).Append(" |\n")
                .Append("| Cause | ").Append(kind.Cause).Append(" |\n")
                .Append("| Next step | ").Append(kind.NextStep).Append(" |\n");
        }

        return text.ToString();
    }
}
