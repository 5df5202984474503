using System.Collections.Frozen;

namespace Postern.Domain.Routing;

/// <summary>How sure it is that an old post office has a definition.</summary>
public enum KnowledgeState
{
    /// <summary>It must be entered there; no change sheet asks for it yet.</summary>
    Required,

    /// <summary>It stands on a change sheet that was given out.</summary>
    Issued,

    /// <summary>It is there: an operator said so, the post office's own table has it, or mail or a canary came through.</summary>
    Confirmed,

    /// <summary>It was there, and nothing has shown it for too long.</summary>
    Stale,
}

/// <summary>What can happen to the knowledge of a definition.</summary>
public enum KnowledgeEvent
{
    Issue, Confirm, Lapse, FindMissing,
}

/// <summary>A definition that a post office needs or has, and how sure that is.</summary>
public sealed record Knowledge(Definition Definition, KnowledgeState State);

/// <summary>Every legal move of a row of knowledge.</summary>
/// <remarks>
/// <code>
///            Issue          Confirm
/// required ---------> issued --------> confirmed --Lapse--> stale
///     |  ^               |                ^  |                |
///     |  +--FindMissing--+----------------|--+----------------+
///     +------------------Confirm----------+---- Confirm ------+
/// </code>
/// Issue of a stale row prints it again; a confirmed one is never printed. What is confirmed stays so when it is seen again.
/// </remarks>
public static class KnowledgeTransitions
{
    private static readonly FrozenDictionary<(KnowledgeState, KnowledgeEvent), KnowledgeState> Table =
        new Dictionary<(KnowledgeState, KnowledgeEvent), KnowledgeState>
        {
            [(KnowledgeState.Required, KnowledgeEvent.Issue)] = KnowledgeState.Issued,
            [(KnowledgeState.Issued, KnowledgeEvent.Issue)] = KnowledgeState.Issued,
            [(KnowledgeState.Stale, KnowledgeEvent.Issue)] = KnowledgeState.Issued,
            [(KnowledgeState.Required, KnowledgeEvent.Confirm)] = KnowledgeState.Confirmed,
            [(KnowledgeState.Issued, KnowledgeEvent.Confirm)] = KnowledgeState.Confirmed,
            [(KnowledgeState.Confirmed, KnowledgeEvent.Confirm)] = KnowledgeState.Confirmed,
            [(KnowledgeState.Stale, KnowledgeEvent.Confirm)] = KnowledgeState.Confirmed,
            [(KnowledgeState.Confirmed, KnowledgeEvent.Lapse)] = KnowledgeState.Stale,
            [(KnowledgeState.Required, KnowledgeEvent.FindMissing)] = KnowledgeState.Required,
            [(KnowledgeState.Issued, KnowledgeEvent.FindMissing)] = KnowledgeState.Required,
            [(KnowledgeState.Confirmed, KnowledgeEvent.FindMissing)] = KnowledgeState.Required,
            [(KnowledgeState.Stale, KnowledgeEvent.FindMissing)] = KnowledgeState.Required,
        }.ToFrozenDictionary();

    /// <summary>The state after <paramref name="what"/>; false when the move is not allowed from <paramref name="from"/>.</summary>
    public static bool TryNext(KnowledgeState from, KnowledgeEvent what, out KnowledgeState next) => Table.TryGetValue((from, what), out next);
}
