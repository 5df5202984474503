using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Books;

/// <summary>The books day by day: does the ledger say what the rows say, and if not, which numbers differ and what is left of them.</summary>
/// <remarks>It shows the check that the line under every page shows; opening it costs no further one.</remarks>
public sealed partial class BooksPage : LivePage
{
    /// <summary>Numbers of one finding that are shown at first.</summary>
    public const int FewNumbers = 50;

    private static readonly IReadOnlyList<TableColumn<BooksDay>> Columns =
    [
        new("Day", row => Text(Name(row.Day)), "150px"),
        new("Accepted", row => Side(row.Rows.Accepted, row.Ledger.Accepted)) { IsNumber = true },
        new("Delivered", row => Side(row.Rows.Delivered, row.Ledger.Delivered)) { IsNumber = true },
        new("Bounced", row => Side(row.Rows.Bounced, row.Ledger.Bounced)) { IsNumber = true },
        new("Removed", row => Side(row.Rows.Removed, row.Ledger.Removed)) { IsNumber = true },
        new("Expanded", row => Side(row.Rows.Expanded, row.Ledger.Expanded)) { IsNumber = true, Css = "few" },
        new("In the queue", row => Side(row.InQueue, row.InQueue)) { IsNumber = true },
        new("The ledger", Verdict, "150px"),
    ];

    private BooksBalance? balance;
    private BooksFigures? figures;
    private DateOnly? open;
    private IReadOnlyList<BooksFindingSeen> findings = [];
    private (DateTimeOffset CheckedAt, DateOnly? Day, bool All)? read;

    [Inject]
    private StatusFeed Status { get; set; } = null!;

    [Inject]
    private BooksEvidence Evidence { get; set; } = null!;

    private string? CountText => balance is not { } seen ? null
        : seen.IsBalanced ? $"balanced over {Quantity.Of(seen.Days.Count, "day", "days")}"
        : $"off on {Quantity.Of(seen.Differences.Select(difference => difference.Day).Distinct().Count(), "day", "days")}";

    /// <inheritdoc/>
    protected override void OnInitialized() => Status.Changed += BooksRead;

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        DateOnly? day = query.TryGetValue("day", out var text)
            && DateOnly.TryParseExact(text.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var named) ? named : null;
        var all = query.TryGetValue("numbers", out var numbers) && numbers == "all";
        var (now, sums) = (Status.Current.Balance, Status.Current.Books);
        var seen = findings;
        // What the last check has found does not change until the next.
        if (now is not null && read != (now.CheckedAt, day, all))
        {
            seen = day is { } asked ? await FindAsync(now, asked, all, cancellationToken) : [];
        }

        cancellationToken.ThrowIfCancellationRequested();
        (balance, figures, open, findings) = (now, sums, day, seen);
        read = now is null ? null : (now.CheckedAt, day, all);
    }

    /// <inheritdoc/>
    protected override void Leave() => Status.Changed -= BooksRead;

    private async Task<IReadOnlyList<BooksFindingSeen>> FindAsync(BooksBalance now, DateOnly day, bool all, CancellationToken cancellationToken)
    {
        var found = new List<BooksFindingSeen>();
        foreach (var difference in now.Differences.Where(difference => difference.Day == day))
        {
            IReadOnlyList<long> shown = all ? difference.Ids : [.. difference.Ids.Take(FewNumbers)];
            found.Add(new BooksFindingSeen(difference, shown.Count == 0 ? [] : await Evidence.ReadAsync(day, shown, cancellationToken)));
        }

        return found;
    }

    private void BooksRead()
    {
        if (!IsPaused && Status.Current.Balance?.CheckedAt != balance?.CheckedAt)
        {
            _ = InvokeAsync(ReloadAsync);
        }
    }

    private void Open(BooksDay row)
    {
        if (open != row.Day)
        {
            Navigation.NavigateTo(Urls.Books(row.Day), replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(Urls.Books(), replace: true);

    internal static string Name(DateOnly day) => day.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture);

    private static RenderFragment Text(string text) => builder => builder.AddContent(0, text);

    private static RenderFragment Side(long rows, long ledger) => builder =>
    {
        if (rows != ledger)
        {
            builder.OpenElement(0, "b");
            builder.AddAttribute(1, "class", "c-bounced");
            builder.AddAttribute(2, "title", $"The rows are {Quantity.Text(rows)}, the ledger has {Quantity.Text(ledger)}.");
            builder.AddContent(3, $"{Quantity.Text(rows)} of {Quantity.Text(ledger)}");
            builder.CloseElement();
        }
        else
        {
            builder.AddContent(4, rows == 0 ? "·" : Quantity.Text(rows));
        }
    };

    private static RenderFragment Verdict(BooksDay day) => builder =>
    {
        builder.OpenComponent<Chip>(0);
        builder.AddComponentParameter(1, nameof(Chip.Look), day.IsBalanced ? "delivered" : "bounced");
        builder.AddComponentParameter(2, nameof(Chip.Icon), day.IsBalanced ? "check" : "warn");
        builder.AddComponentParameter(3, nameof(Chip.Bare), true);
        builder.AddComponentParameter(4, nameof(Chip.ChildContent), Text(day.IsBalanced ? "agrees" : "differs"));
        builder.CloseComponent();
    };
}

/// <summary>One finding of a day with what is known of its numbers.</summary>
/// <param name="Traces">Of the numbers that are shown; fewer than the finding names when there are many.</param>
public sealed record BooksFindingSeen(Infrastructure.Queue.BooksDifference Difference, IReadOnlyList<BooksTrace> Traces);
