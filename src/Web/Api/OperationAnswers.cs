using System.Text.Json.Serialization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Api;

/// <summary>What is to be done to which deliveries. Exactly one of ids, filter and all says which.</summary>
public sealed record OperationRequest
{
    /// <summary>retry, hold, release, reroute, prioritise, expire, return, remove.</summary>
    public string Verb { get; init; } = "";

    /// <summary>Ids of deliveries, at most 10,000.</summary>
    public IReadOnlyList<long>? Ids { get; init; }

    /// <summary>The words of the filter of deliveries, each with its text; what waits and matches is meant.</summary>
    public IReadOnlyDictionary<string, string>? Filter { get; init; }

    /// <summary>Everything that waits.</summary>
    public bool All { get; init; }

    /// <summary>Reroute: name of the connector they are to go by; left out, the routing table is asked again.</summary>
    public string To { get; init; } = "";

    /// <summary>Prioritise: high, normal or low.</summary>
    public DeliveryPriority? Priority { get; init; }

    /// <summary>Remove: tells the senders. A return and an expiry always do.</summary>
    public bool Report { get; init; }

    /// <summary>Kept in the audit. What ends deliveries needs one, and a return sends it to the sender.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Only say what it would touch.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What an act would touch; nothing was done.</summary>
/// <param name="Chosen">So many deliveries are meant.</param>
/// <param name="Touched">So many of them it would act on.</param>
/// <param name="Waiting">So many wait and are not on their way.</param>
/// <param name="Reports">So many senders would get a report.</param>
/// <param name="Leased">So many are on their way and stay as they are.</param>
/// <param name="Ended">So many have ended since.</param>
/// <param name="WithoutSender">So many have no sender to return them to.</param>
/// <param name="Ways">Of a reroute: where they would go; null for other verbs.</param>
/// <param name="UndoMinutes">So long it could be taken back.</param>
/// <param name="NeedsSecondOperator">It would wait for somebody else to confirm it in the console.</param>
public sealed record EffectAnswer(
    string Verb, long Chosen, long Touched, long Waiting, long Messages, long Senders, long Connectors, long Reports, long Leased, long Ended, long WithoutSender,
    DateTimeOffset? Oldest, IReadOnlyList<RerouteWay>? Ways, int UndoMinutes, bool NeedsSecondOperator)
{
    /// <summary>The effect as programs get it.</summary>
    public static EffectAnswer Of(DeliveryAct act, QueueEffect effect, OperationAllowance allowance, DateTimeOffset now, RerouteForecast? ways)
    {
        var shown = EffectWords.Of(act, effect, allowance, now, ways);
        return new EffectAnswer(
            act.Verb.ToWord(), effect.Chosen, shown.Applies, effect.Waiting, effect.Messages, effect.Senders, effect.Connectors, act.Reports() ? effect.Reports : 0,
            effect.Leased, effect.Ended, effect.WithoutSender, effect.Oldest, ways?.Ways, (int)allowance.UndoFor.TotalMinutes, shown.SecondOperator?.IsNeeded ?? false);
    }
}

/// <summary>Operations, the newest first.</summary>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record OperationList(
    IReadOnlyList<OperationSnapshot> Operations, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);

/// <summary>One delivery that an operation left as it is.</summary>
public sealed record LeftItem(long Id, DeliveryState? State, string Refusal);

/// <summary>One operation, and what it left as it is.</summary>
/// <param name="Left">At most the first 1,000.</param>
public sealed record OperationDetails(OperationSnapshot Operation, IReadOnlyList<LeftItem> Left);

/// <summary>One delivery of an operation.</summary>
/// <param name="Acted">Its turn has come.</param>
/// <param name="Done">The operation did to it what it says.</param>
/// <param name="State">As it is now; null when there is no such delivery.</param>
/// <param name="Refusal">Why it was left as it is; empty when it was not.</param>
/// <param name="Restored">It is back as it was; null when nobody has asked for it.</param>
public sealed record ItemAnswer(long Id, bool Acted, bool Done, DeliveryState? State, string Refusal, bool? Restored)
{
    /// <summary>The item as programs get it.</summary>
    public static ItemAnswer Of(OperationItem item) =>
        new(item.Result.DeliveryId, item.IsActedOn, item.IsDone, item.Result.State, item.Result.Refusal, item.IsRestored);
}

/// <summary>Deliveries of an operation, in the order of their ids.</summary>
/// <param name="Next">Address of the page behind; missing on the last.</param>
public sealed record ItemAnswers(IReadOnlyList<ItemAnswer> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);
