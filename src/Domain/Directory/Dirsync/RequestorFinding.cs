namespace Postern.Domain.Directory.Dirsync;

/// <summary>What an operator can press about a finding.</summary>
public enum RequestorButton
{
    /// <summary>Nothing: it mends itself, or it is the other side's to do.</summary>
    None,
    RunNow,
    Export,
    Import,
    ExportAndImport,
}

/// <summary>One thing to know about a requestor and its server: who is behind, by how much, why, and what to press.</summary>
/// <param name="WhoIsBehind">Postern or the server's name; empty when nobody is.</param>
/// <param name="Behind">By so many records; 0 where that is not known.</param>
public sealed record RequestorFinding(string WhoIsBehind, long Behind, string Sentence, RequestorButton Press)
{
    private const string Us = "Postern";

    /// <summary>All there is to say now, the most pressing first; nothing when both sides are in step.</summary>
    /// <param name="server">The server's name, as partners are shown.</param>
    /// <param name="cycle">How long a cycle may take until its answer is late.</param>
    public static IReadOnlyList<RequestorFinding> Of(RequestorState state, string server, DateTimeOffset now, TimeSpan cycle)
    {
        var findings = new List<RequestorFinding>();
        if (OfTrouble(state, server) is { } trouble)
        {
            findings.Add(trouble);
        }

        if (state.AskedAt is { } asked && now - asked > cycle)
        {
            findings.Add(new RequestorFinding(
                server, 0, $"{server} has not answered for {Hours(now - asked)}; its answer is {Hours(now - asked - cycle)} late. See whether mail to its $SYSTEM mailbox arrives and its step T2 runs after ours.", RequestorButton.RunNow));
        }

        if (state.WantsExport)
        {
            findings.Add(new RequestorFinding(server, state.Pending, $"Everybody of ours is sent to {server} with the next mail.", RequestorButton.None));
        }
        else if (state.Pending > 0)
        {
            findings.Add(new RequestorFinding(
                server, state.Pending, $"{server} lacks {Records(state.Pending)} of ours, {state.Confirmed + 1:N0} to {state.LastNumber:N0}: {(state.Sent > state.Confirmed ? "they were sent and not confirmed yet" : "they go with the next mail")}.", RequestorButton.RunNow));
        }

        if (state.WantsImport)
        {
            findings.Add(new RequestorFinding(Us, 0, $"The whole list of {server} is asked for with each mail until it is here.", RequestorButton.None));
        }

        return findings;
    }

    /// <summary>The rule of health: a requestor never has more records confirmed than it has taken, in a mesh of more than itself (Q96060).</summary>
    public static bool IsHealthy(RequestorState state) => state.Trouble == RequestorTrouble.None && !state.WantsExport && !state.WantsImport && state.Confirmed <= state.ServerSequence;

    private static RequestorFinding? OfTrouble(RequestorState state, string server) => state.Trouble switch
    {
        RequestorTrouble.None => null,
        RequestorTrouble.ServerWentBack => new(
            server, state.TroubleCount,
            $"{server} is {Records(state.TroubleCount)} behind what it had: it was restored from a backup or set up anew. Everything is exchanged both ways; every other requestor of it must do the same.", RequestorButton.ExportAndImport),
        RequestorTrouble.WeWentBack => new(
            Us, state.TroubleCount,
            $"{server} has {Records(state.TroubleCount)} of ours that are not known here: this side was restored. The numbers go on after them, and everything is exchanged both ways.", RequestorButton.ExportAndImport),
        RequestorTrouble.OldAnswer => new(
            Us, 0,
            $"An answer of {server} counts fewer full lists than were taken here, so it is from before them, or {server} registered us anew. It was not taken; the whole list is asked for.", RequestorButton.Import),
        RequestorTrouble.Purged => new(
            Us, state.TroubleCount,
            $"{server} has thrown away records that are lacking here, because it keeps them for a number of cycles only. Everything is exchanged both ways.", RequestorButton.ExportAndImport),
        RequestorTrouble.TooLarge => new(
            Us, 0,
            $"{server} may not send a list as large as ours would be (118, 166). Its administrator raises the limit of our requestor or makes a file with import -st; then press Import.", RequestorButton.Import),
        RequestorTrouble.NotRegistered => new(
            server, state.Pending,
            $"{server} does not know our requestor (120, 158). Its administrator registers exactly our network and post office; then press Export and Import.", RequestorButton.ExportAndImport),
        RequestorTrouble.Password => new(
            server, state.Pending, $"{server} has another password for our requestor (156). Enter the same on both sides, then run again.", RequestorButton.RunNow),
        _ => new(
            Us, 0, $"A mail of {server} was damaged; what stood before the damage was taken, and the rest is asked for again.", RequestorButton.RunNow),
    };

    private static string Records(long count) => $"{count:N0} {(count == 1 ? "record" : "records")}";

    private static string Hours(TimeSpan span) => $"{(int)span.TotalHours}:{span.Minutes:00} hours";
}
