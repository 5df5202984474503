using System.Text.Json.Serialization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Api;

/// <summary>Some deliveries.</summary>
/// <param name="More">There are more behind them.</param>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record DeliveryList(
    IReadOnlyList<DeliverySnapshot> Deliveries, bool More, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next = null);

/// <summary>One delivery, why it is where it is, and what happened to it.</summary>
/// <param name="Explanation">In the sentences that the console shows.</param>
/// <param name="Timeline">Oldest first; a success at the first try leaves nothing here.</param>
public sealed record DeliveryDetails(DeliverySnapshot Delivery, DeliveryExplanation Explanation, IReadOnlyList<DeliveryHappening> Timeline);

/// <summary>Some messages, newest first.</summary>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record MessageAnswers(
    IReadOnlyList<MessageRow> Messages, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next = null);

/// <summary>One message with what became of each recipient.</summary>
/// <param name="Deliveries">In the order of the recipients.</param>
/// <param name="Timeline">What happened to them, oldest first.</param>
/// <param name="IsCut">It has more deliveries or steps than are here.</param>
public sealed record MessageAnswer(MessageRow Message, IReadOnlyList<DeliverySnapshot> Deliveries, IReadOnlyList<DeliveryHappening> Timeline, bool IsCut);
