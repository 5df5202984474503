using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Directory.Dirsync;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>How a requestor and its server stand to each other: the five numbers, who is behind, by how much, why, and what to press (Q152231).</summary>
/// <param name="Server">The server, NETWORK/POSTOFFICE.</param>
/// <param name="Findings">The most pressing first; none when both sides are in step.</param>
/// <param name="Said">What the last answers said.</param>
/// <param name="SentAt">When the last mail to the server was queued.</param>
/// <param name="Messages">Those mails, to look at their way.</param>
public sealed record RequestorView(
    string Server, RequestorState State, IReadOnlyList<RequestorFinding> Findings, bool IsHealthy, IReadOnlyList<string> Said, DateTimeOffset? SentAt, IReadOnlyList<long> Messages);

/// <summary>What the page of a synchronisation server shows, and its buttons Export, Import, and both.</summary>
public sealed class RequestorStatus(NpgsqlDataSource database, TimeProvider clock)
{
    private const string PartnerSql = "select id, name, settings::text from partner where kind = 'dirsync' and id = $1";

    private const string WishCycleSql = "update partner set run_wanted_at = now(), run_is_dry = false where id = $1";

    /// <summary>How it stands; null for a partner that is no synchronisation server.</summary>
    public async Task<RequestorView?> FindAsync(long partnerId, CancellationToken cancellationToken) =>
        await PartnerAsync(partnerId, cancellationToken) is var (_, settings)
            ? Of(await new RequestorStore(database, partnerId).FindAsync(cancellationToken), settings, clock.GetUtcNow())
            : null;

    /// <summary>Sends everybody of ours, asks for everybody of theirs, or both, with a cycle that begins at once.</summary>
    /// <returns>A sentence; null for a partner that is no synchronisation server.</returns>
    /// <exception cref="RightMissingException">Nobody who may configure asks.</exception>
    public async Task<string?> PressAsync(long partnerId, bool export, bool import, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.Configure);
        if (await PartnerAsync(partnerId, cancellationToken) is not var (name, settings))
        {
            return null;
        }

        var what = export && import ? "Export and Import" : export ? "Export" : "Import";
        var store = new RequestorStore(database, partnerId);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var row = await store.LockAsync(connection, cancellationToken);
        await store.SaveAsync(connection, ForeignRequestor.Press(row.State, export, import), cancellationToken);
        await using (var wish = connection.Command(WishCycleSql, partnerId))
        {
            await wish.ExecuteNonQueryAsync(cancellationToken);
        }

        await AuditLog.WriteAsync(
            connection, who, what, $"Synchronisation with {settings.Server} ({name})",
            JsonSerializer.Serialize(new { partner = name, row.State.LastNumber, row.State.Confirmed, row.State.ServerSequence, row.State.ImportSequence }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (export, import) switch
        {
            (true, true) => $"Everybody of ours goes to {settings.Server} with the next mail, and its whole lists are asked for until they are here.",
            (true, _) => $"Everybody of ours goes to {settings.Server} with the next mail.",
            _ => $"The whole lists of {settings.Server} are asked for with each mail until they are here.",
        };
    }

    internal static RequestorView Of(RequestorRow row, RequestorSettings settings, DateTimeOffset now) => new(
        settings.Server, row.State, RequestorFinding.Of(row.State, settings.Server, now, TimeSpan.FromHours(settings.HoursToAnswer)), RequestorFinding.IsHealthy(row.State),
        row.Said, row.SentAt, row.Messages);

    private async Task<(string Name, RequestorSettings Settings)?> PartnerAsync(long partnerId, CancellationToken cancellationToken)
    {
        await using var command = database.Command(PartnerSql, partnerId);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetString(1), SettingsJson.Read<RequestorSettings>(row.GetString(2))) : null;
    }
}
