using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Messages;

/// <summary>The newest messages, or those that carry what was searched for. A number or Message-ID leads straight to its message.</summary>
public sealed partial class MessagesPage : LivePage
{
    private const int Newest = 100;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Everything = TimeSpan.FromDays(3650);

    private static readonly IReadOnlyList<TableColumn<MessageFound>> Columns =
    [
        new("Accepted", row => Cells.Age(row.Message.AcceptedAt), "112px"),
        new("Sender", row => Cells.Address(row.Message.Sender), "20%"),
        new("Recipients", Recipients, "24%"),
        new("Subject", Subject),
        new("Where they are", States, "22%") { Css = "soft" },
        new("Size", row => Cells.Plain(Quantity.Size(row.Message.Size)), "84px") { IsNumber = true, Css = "soft wide" },
    ];

    private IReadOnlyList<MessageFound>? found;
    private string asked = "";
    private bool isAll;
    private bool isCut;

    [Inject]
    private MessageView Messages { get; set; } = null!;

    private string? CountText => found is null ? null
        : asked.Length == 0 ? "newest first"
        : $"{(isCut ? "over " : "")}{Quantity.Of(found.Count, "message carries", "messages carry")} “{VisibleText.Of(asked, 40)}”";

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var wanted = query.TryGetValue("q", out var q) ? q.ToString().Trim() : "";
        wanted = wanted.Length > 200 ? wanted[..200] : wanted;
        var everything = query.TryGetValue("within", out var within) && within == "all";
        if (wanted.Length == 0)
        {
            var latest = await Messages.LatestAsync(Newest, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            (found, isCut, asked, isAll) = (latest, false, wanted, everything);
            return;
        }

        var result = await Messages.SearchAsync(wanted, everything ? Everything : Week, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (result.Exact is { } exact && asked != wanted)
        {
            Navigation.NavigateTo(Urls.Message(exact), replace: true);
            return;
        }

        (found, isCut, asked, isAll) = (result.Found, result.IsCut, wanted, everything);
    }

    private static RenderFragment Recipients(MessageFound row) => builder =>
    {
        builder.AddContent(0, Cells.Address(row.FirstRecipient));
        if (row.Message.Recipients > 1)
        {
            builder.AddContent(1, $" and {Quantity.Text(row.Message.Recipients - 1)} more");
        }
    };

    private static RenderFragment Subject(MessageFound row) => builder =>
    {
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "href", Urls.Message(row.Message.Id));
        builder.AddAttribute(2, "title", VisibleText.Of(row.Message.Subject, 600));
        builder.OpenElement(3, "bdi");
        builder.AddContent(4, row.Message.Subject.Length > 0 ? VisibleText.Of(row.Message.Subject) : "(no subject)");
        builder.CloseElement();
        builder.CloseElement();
    };

    private static RenderFragment States(MessageFound row) => builder =>
    {
        foreach (var (state, count) in row.States)
        {
            var look = StateLook.Of(state);
            builder.OpenComponent<Chip>(0);
            builder.AddComponentParameter(1, nameof(Chip.Look), look.Css);
            builder.AddComponentParameter(2, nameof(Chip.Icon), look.Icon);
            builder.AddComponentParameter(3, nameof(Chip.Bare), true);
            builder.AddComponentParameter(4, nameof(Chip.ChildContent), (RenderFragment)(inner => inner.AddContent(0, count == 1 && row.States.Count == 1 ? look.Word : $"{Quantity.Text(count)} {look.Word}")));
            builder.CloseComponent();
            builder.AddContent(5, " ");
        }
    };
}
