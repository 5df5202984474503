using Microsoft.AspNetCore.Components;
using Postern.Domain.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Queue;

public sealed partial class QueuePage
{
    private static readonly IReadOnlyList<TableColumn<DeliverySnapshot>> WaitingColumns =
    [
        new("State", row => Cells.Part<StateChip>((nameof(StateChip.State), row.State), (nameof(StateChip.Bare), true)), "112px") { Sort = "State" },
        new("Recipient", row => Cells.Address(row.Recipient), "22%") { Sort = "Recipient" },
        new("Sender", row => Cells.Address(row.Sender), "18%") { Sort = "Sender", Css = "sender" },
        new("Subject", row => Subject(row)) { Sort = "Subject" },
        new("Connector", row => Cells.Plain(row.Connector.Length > 0 ? row.Connector : "none"), "120px") { Css = "connector soft" },
        new("Age", row => Cells.Part<Age>((nameof(Age.At), row.AcceptedAt), (nameof(Age.Prefix), "Accepted ")), "84px") { Sort = "Age", IsNumber = true },
        new("Tries", row => Cells.Plain(row.Attempts == 0 ? "·" : Quantity.Text(row.Attempts)), "54px") { Sort = "Attempts", IsNumber = true, Css = "soft" },
        new("Next", Next, "80px") { Sort = "Due", IsNumber = true, Css = "due soft" },
        new("Size", row => Cells.Plain(Quantity.Size(row.Size)), "82px") { Sort = "Size", IsNumber = true, Css = "size soft" },
    ];

    private static readonly IReadOnlyList<TableColumn<DeliverySnapshot>> PastColumns =
    [
        WaitingColumns[0],
        WaitingColumns[1],
        WaitingColumns[2],
        WaitingColumns[3],
        WaitingColumns[4],
        WaitingColumns[5],
        WaitingColumns[6],
        new("Took", Took, "88px") { IsNumber = true, Css = "due soft" },
        new("Status", row => Cells.Plain(row.Status.Length > 0 ? VisibleText.Of(row.Status, 20) : "·"), "66px") { Css = "size soft" },
    ];

    private IReadOnlyList<TableColumn<DeliverySnapshot>> Columns => query.Filter.IncludesHistory ? PastColumns : WaitingColumns;

    private static RenderFragment Subject(DeliverySnapshot row) => builder =>
    {
        builder.OpenElement(0, "bdi");
        builder.AddAttribute(1, "class", row.Subject.Length > 0 ? "subject" : "subject dim");
        builder.AddAttribute(2, "title", VisibleText.Of(row.Subject, 600));
        builder.AddContent(3, row.Subject.Length > 0 ? VisibleText.Of(row.Subject) : "(no subject)");
        builder.CloseElement();
    };

    private static RenderFragment Next(DeliverySnapshot row) => row switch
    {
        { State: DeliveryState.Queued, DueAt: { } due } => Cells.Part<Age>((nameof(Age.At), due), (nameof(Age.Ahead), true), (nameof(Age.Prefix), "Next attempt ")),
        { State: DeliveryState.Leased } => Cells.Plain("now"),
        { FinishedAt: { } end } => Cells.Plain($"ended {end.UtcDateTime:HH:mm}"),
        _ => Cells.Plain("·"),
    };

    private static RenderFragment Took(DeliverySnapshot row) => Cells.Plain(row.FinishedAt is { } end ? Quantity.Span(end - row.AcceptedAt) : "waits");
}
