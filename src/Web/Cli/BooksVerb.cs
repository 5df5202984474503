using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Queue;
using Postern.Web.Api;

namespace Postern.Web.Cli;

/// <summary><c>books</c>: does every accepted recipient stand somewhere, and does the ledger agree?</summary>
internal static class BooksVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var command = new Command("books", "Compare the ledger with the queue and the history; ends with 1 when they differ");
        verbs.Set(command, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(Verb verb, CancellationToken cancellationToken)
    {
        var books = await new Books(verb.Database.Source).CheckAsync(cancellationToken);
        await (verb.Answer.IsJson ? verb.Answer.JsonAsync(BooksAnswer.Of(books)) : WriteAsync(verb.Answer, books));
        return books.IsBalanced ? ExitCode.Done : ExitCode.No;
    }

    private static async Task WriteAsync(Answer answer, BooksBalance books)
    {
        (string Name, long Count)[] places =
        [
            ("delivered", books.Delivered), ("bounced", books.Bounced), ("removed", books.Removed), ("expanded", books.Expanded),
            ("queued", books.Queued), ("leased", books.Leased), ("held", books.Held), ("quarantined", books.Quarantined),
        ];
        var sum = places.Sum(place => place.Count);
        await answer.LineAsync(
            $"accepted {Text(books.Accepted)} {(books.Accepted == sum ? "=" : "≠")} {string.Join(" + ", places.Select(place => $"{place.Name} {Text(place.Count)}"))}");
        if (books.Canaries + books.CanaryReports > 0)
        {
            await answer.LineAsync($"of these, canaries {Text(books.Canaries)} accepted, their reports {Text(books.CanaryReports)} delivered to nobody");
        }

        foreach (var difference in books.Differences)
        {
            await answer.LineAsync($"{difference.Sentence}{(difference.Ids.Count > 0 ? " " : "")}{string.Join(", ", difference.Ids)}");
            await answer.LineAsync($"  {difference.Meaning}");
            await answer.LineAsync($"  {difference.NextStep}");
        }

        await answer.LineAsync(books.IsBalanced ? "The books balance." : "The books are off.");
    }

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
