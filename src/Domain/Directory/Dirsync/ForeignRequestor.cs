namespace Postern.Domain.Directory.Dirsync;

/// <summary>What the next mails to the server carry.</summary>
/// <param name="ExportsAll">A record that empties our list at the server, and everybody in it.</param>
/// <param name="First">The first of our records to send; null when there is none.</param>
/// <param name="Last">The last of them.</param>
/// <param name="AskFrom">Ask for the server's records after this number; 0 asks for everything.</param>
public sealed record RequestorMail(bool ExportsAll, long? First, long? Last, long AskFrom);

/// <summary>What becomes of an answer.</summary>
/// <param name="IsTaken">Its records are applied, those after <paramref name="AppliesAfter"/>.</param>
/// <param name="AppliesAfter">Records up to this number are here already: a mail that came twice does nothing twice.</param>
/// <param name="ReplacesLists">Whole lists are replaced; local additions are a layer of their own and stay (Q105125).</param>
public sealed record AnswerVerdict(RequestorState State, bool IsTaken, long AppliesAfter, bool ReplacesLists);

/// <summary>The rules by which a foreign requestor and an MS Mail synchronisation server keep in step; a pure state machine over the numbers of both.</summary>
public static class ForeignRequestor
{
    /// <summary>More of our records wait for the server.</summary>
    public static RequestorState Queue(RequestorState state, long records) => state with { LastNumber = state.LastNumber + records };

    /// <summary>An operator presses Export, Import or both.</summary>
    public static RequestorState Press(RequestorState state, bool export, bool import) =>
        state with { WantsExport = state.WantsExport || export, WantsImport = state.WantsImport || import };

    /// <summary>The mails of a cycle: all records that are not confirmed, whether they were sent before or not (Q133428), and the question.</summary>
    public static (RequestorState State, RequestorMail Mail) Send(RequestorState state, DateTimeOffset now)
    {
        var first = state.WantsExport || state.Pending == 0 ? (long?)null : state.Confirmed + 1;
        var mail = new RequestorMail(state.WantsExport, first, first is null ? null : state.LastNumber, state.WantsImport ? 0 : state.ServerSequence);
        return (state with { Sent = state.LastNumber, AskedAt = state.AskedAt ?? now }, mail);
    }

    /// <summary>
    /// A full export was written with its own numbers: it takes the place of every record that waited. One is written for a wish, and one a cycle (Q175588).
    /// </summary>
    public static RequestorState Exported(RequestorState state, long records) =>
        state with { LastNumber = state.LastNumber + records, Sent = state.LastNumber + records, WantsExport = false };

    /// <summary>An answer came. Each one is looked at in its turn; the last one does not win over those before it (Q142841).</summary>
    public static AnswerVerdict Receive(RequestorState state, ServerAnswer answer, DateTimeOffset now)
    {
        var heard = state with { AnsweredAt = now, AskedAt = null, Trouble = RequestorTrouble.None, TroubleCount = 0 };
        if (Refusal(answer) is not RequestorTrouble.None and var refusal)
        {
            // A lack that a full exchange mends asks for it by itself, and for this partner alone (Q257740).
            var mends = refusal == RequestorTrouble.Purged;
            return Untaken(heard with { Trouble = refusal, WantsExport = state.WantsExport || mends, WantsImport = state.WantsImport || mends });
        }

        if (answer.ImportSequence is { } import && import < state.ImportSequence && !(answer.IsFull && state.WantsImport))
        {
            return Untaken(heard with { Trouble = RequestorTrouble.OldAnswer, WantsImport = true });
        }

        heard = Echo(heard, answer.RequestorSequence);
        var server = answer.ServerSequence ?? answer.Last ?? state.ServerSequence;
        if (!answer.IsFull && server < state.ServerSequence && answer.ServerSequence is not null)
        {
            return Untaken(heard with { Trouble = RequestorTrouble.ServerWentBack, TroubleCount = state.ServerSequence - server, WantsExport = true, WantsImport = true });
        }

        return !answer.IsFull ? Take(heard, answer, server)
            : IsFullImport(state, answer) ? TakeFull(heard, answer)
            : server <= state.ServerSequence && !answer.IsDamaged ? Untaken(heard)
            : Take(heard, answer, server);
    }

    // One list of many may be replaced in an ordinary answer, as when a post office exports anew. Everything comes when the count of full lists goes up, or when numbers
    // begin again below those that are here and we asked for it; a server that registered us anew counts from the start, and is believed when we asked.
    private static bool IsFullImport(RequestorState state, ServerAnswer answer)
    {
        var beginsAnew = answer.First <= state.ServerSequence;
        return answer.ImportSequence is { } count
            ? count > state.ImportSequence || (state.WantsImport && (count < state.ImportSequence || beginsAnew))
            : state.WantsImport || (beginsAnew && (answer.ServerSequence ?? answer.Last) > state.ServerSequence);
    }

    private static AnswerVerdict TakeFull(RequestorState state, ServerAnswer answer)
    {
        // A full list that was cut would empty what stands behind the cut: it is asked for again.
        if (answer.IsDamaged)
        {
            return Untaken(state with { Trouble = RequestorTrouble.Damaged, WantsImport = true });
        }

        var taken = state with
        {
            ServerSequence = answer.ServerSequence ?? answer.Last ?? 0,
            ImportSequence = answer.ImportSequence ?? state.ImportSequence + 1,
            WantsImport = false,
        };
        return new AnswerVerdict(taken, IsTaken: true, AppliesAfter: 0, ReplacesLists: true);
    }

    private static AnswerVerdict Take(RequestorState state, ServerAnswer answer, long server)
    {
        // What stood before the damage counts; the rest is asked for again from there.
        var last = Math.Max(state.ServerSequence, answer.IsDamaged ? answer.Last ?? 0 : Math.Max(server, answer.Last ?? 0));
        var taken = state with
        {
            ServerSequence = last,
            ImportSequence = Math.Max(state.ImportSequence, answer.ImportSequence ?? 0),
            Trouble = answer.IsDamaged ? RequestorTrouble.Damaged : state.Trouble,
        };
        return new AnswerVerdict(taken, IsTaken: true, AppliesAfter: state.ServerSequence, ReplacesLists: false);
    }

    private static RequestorState Echo(RequestorState state, long? echoed)
    {
        if (echoed is not { } has)
        {
            return state;
        }

        if (has < state.Confirmed)
        {
            return state with { Trouble = RequestorTrouble.ServerWentBack, TroubleCount = state.Confirmed - has, WantsExport = true, WantsImport = true };
        }

        // Records with numbers that the server has seen would be dropped without a word: ours begin after them (Q119014).
        return has > state.LastNumber
            ? state with { Trouble = RequestorTrouble.WeWentBack, TroubleCount = has - state.LastNumber, LastNumber = has, Sent = has, Confirmed = has, WantsExport = true, WantsImport = true }
            : state with { Confirmed = has };
    }

    private static RequestorTrouble Refusal(ServerAnswer answer) =>
        answer.Errors.Any(error => error is 129 or 138 or 139) ? RequestorTrouble.Purged
        : answer.Errors.Any(error => error is 118 or 166) ? RequestorTrouble.TooLarge
        : answer.Errors.Any(error => error is 120 or 158) ? RequestorTrouble.NotRegistered
        : answer.Errors.Contains(156) ? RequestorTrouble.Password
        : RequestorTrouble.None;

    private static AnswerVerdict Untaken(RequestorState state) => new(state, IsTaken: false, AppliesAfter: state.ServerSequence, ReplacesLists: false);
}
