using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Security;

/// <summary>One sign-in that has not ended.</summary>
/// <param name="Means">How the person proved who they are.</param>
/// <param name="Agent">What the browser calls itself.</param>
public sealed record SessionRow(Guid Id, long UserId, string User, DateTimeOffset StartedAt, DateTimeOffset SeenAt, string Means, string Address, string Agent);

/// <summary>The sessions of everybody: a cookie or an open window is worth what its row here is worth, at each request and each act.</summary>
public sealed partial class Sessions(NpgsqlDataSource database)
{
    /// <summary>A session nobody has used for so long is over.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(10);

    private const int LongestAgent = 200;

    /// <summary>Raised for each session that ended in this process; its windows close at once. Those of other processes notice within seconds.</summary>
    public event Action<Guid>? Ended;

    /// <summary>The session that a cookie or window carries; null when it carries none.</summary>
    public static Guid? IdOf(ClaimsPrincipal person) => Guid.TryParse(person.FindFirst(Rights.Session)?.Value, out var id) ? id : null;

    /// <summary>Begins one; what has lain idle too long is forgotten on the way.</summary>
    public async Task<Guid> StartAsync(PosternUser user, string means, string address, string agent, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await using var command = Command(StartSql, id, user.Id, means, address, Storable.Text(agent, LongestAgent), IdleLimit);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return id;
    }

    /// <summary>Is the session of this cookie or window still open, and its person still who they were?</summary>
    public async Task<bool> IsOpenAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var claims = new ClaimsIdentityOptions();
        if (IdOf(person) is not { } id || !long.TryParse(person.FindFirst(claims.UserIdClaimType)?.Value, out var user))
        {
            return false;
        }

        await using var command = Command(IsOpenSql, id, user);
        command.Parameters.Add(new() { Value = (object?)person.FindFirst(claims.SecurityStampClaimType)?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = IdleLimit });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The sessions of one person, or of all; the one seen last comes first.</summary>
    public async Task<IReadOnlyList<SessionRow>> ListAsync(long? userId, CancellationToken cancellationToken)
    {
        await using var command = Command(ListSql, IdleLimit);
        command.Parameters.Add(new() { Value = (object?)userId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<SessionRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new SessionRow(
                row.GetGuid(0), row.GetInt64(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4),
                row.GetString(5), row.GetString(6), row.GetString(7)));
        }

        return rows;
    }

    /// <summary>Ends one session: one's own, or with the right to manage people anybody's. False when there is none such.</summary>
    /// <exception cref="RightMissingException">It is somebody else's.</exception>
    public async Task<bool> EndAsync(Guid id, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(EndSql, connection) { Parameters = { new() { Value = id } } };
        if (await command.ExecuteScalarAsync(cancellationToken) is not string owner)
        {
            return false;
        }

        if (owner != who.Name)
        {
            who.Demand(Right.ManagePeople);
        }

        await AuditLog.WriteAsync(connection, who, "end session", $"user {owner}", null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Ended?.Invoke(id);
        return true;
    }

    /// <summary>The person signs out, or proves anew who they are and keeps only <paramref name="except"/>.</summary>
    public async Task EndOwnAsync(long userId, Guid? only, Guid? except, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var ended = await EndAllAsync(connection, userId, only, except, cancellationToken);
        // Who signs out is on the way to the form; a window that is told now would send the browser elsewhere. Other tabs look within seconds.
        Tell(only is null ? ended : []);
    }

    /// <summary>Ends sessions within the act of somebody; <see cref="Tell"/> follows its commit.</summary>
    internal static async Task<IReadOnlyList<Guid>> EndAllAsync(NpgsqlConnection connection, long userId, Guid? only, Guid? except, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(EndAllSql, connection) { Parameters = { new() { Value = userId } } };
        command.Parameters.Add(new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)except ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await row.ReadAsync(cancellationToken))
        {
            ids.Add(row.GetGuid(0));
        }

        return ids;
    }

    /// <summary>Closes the windows of sessions that have ended.</summary>
    internal void Tell(IEnumerable<Guid> ids)
    {
        foreach (var id in ids)
        {
            Ended?.Invoke(id);
        }
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
