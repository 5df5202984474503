using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>One direction and side of a conversion, and whose message it is.</summary>
/// <param name="IsIncoming">From the peer; else to it.</param>
/// <param name="IsBefore">Before conversion; else after it.</param>
/// <param name="MessageId">Null: a file of several messages.</param>
/// <param name="Name">As the file is called on the way; it may be hostile, and only ever names the download.</param>
public sealed record CopyOf(long ConnectorId, string Connector, bool IsIncoming, bool IsBefore, long? MessageId, string Name);

/// <summary>Capture mode: keeps copies before and after conversion while an operator has it switched on, and lets go of them when their time or room is over (Q192516).</summary>
/// <remarks>A copy that cannot be kept stops no mail. Files have names of ours, can be read by our user alone, and lie below the data folder.</remarks>
public sealed partial class ConnectorCopies(
    NpgsqlDataSource database, string folder, string node, EventLog events, TimeProvider clock, ILogger<ConnectorCopies> logger) : BackgroundService
{
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private const string InsertSql =
        """
        -- one copy
        insert into connector_copy (connector_id, connector, direction, stage, message_id, node, file, name, size, keep_days)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    private const string OverSql =
        """
        -- copies of this node whose days are over, and the oldest of those that have no room: under the newest megabytes that the operator allowed
        with aged as (
          select copy.id, copy.file, copy.at < now() - make_interval(days => copy.keep_days) as is_old,
                 sum(size) over (partition by copy.connector_id order by copy.id desc) as so_far,
                 coalesce(act.keep_megabytes, $2) as megabytes
            from connector_copy copy
            left join connector_act act on act.connector_id = copy.connector_id and act.kind = 'capture'
           where node = $1)
        select id, file from aged where is_old or so_far > megabytes * 1048576::bigint
        """;

    private volatile Dictionary<long, ConnectorAct> wanted = [];
    private long keptSinceTrim;
    private int failure;

    /// <summary>What is captured from now on.</summary>
    public void Obey(IEnumerable<ConnectorAct> acts) =>
        wanted = acts.Where(act => act.Kind == ConnectorActKind.Capture).ToDictionary(act => act.ConnectorId);

    /// <summary>Are copies of this connector kept?</summary>
    public bool IsOn(long connectorId) => wanted.ContainsKey(connectorId);

    /// <summary>Keeps a copy, when that is wanted.</summary>
    public async Task KeepAsync(CopyOf copy, ReadOnlySequence<byte> bytes)
    {
        if (!wanted.TryGetValue(copy.ConnectorId, out var act) || bytes.Length > act.KeepMegabytes * Megabyte)
        {
            return;
        }

        try
        {
            var file = await WriteAsync(bytes);
            await RecordAsync(copy, file, bytes.Length, act.KeepDays);
            failure = 0;
            if (Interlocked.Add(ref keptSinceTrim, bytes.Length) > act.KeepMegabytes * Megabyte / 8)
            {
                await TrimAsync(CancellationToken.None);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NpgsqlException)
        {
            await TellAsync(copy, e);
        }
    }

    /// <summary>Keeps a copy of a file, when that is wanted.</summary>
    public async Task KeepFileAsync(CopyOf copy, string path)
    {
        if (IsOn(copy.ConnectorId) && File.Exists(path))
        {
            try
            {
                using var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
                await KeepAsync(copy, content.AsSequence());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await TellAsync(copy, e);
            }
        }
    }

    /// <summary>The path of a kept file on this node; null when it is another's or gone.</summary>
    public string? PathOf(CopyRow copy)
    {
        var path = Path.Combine(folder, copy.File);
        return copy.Node == node && Path.GetFileName(copy.File) == copy.File && File.Exists(path) ? path : null;
    }

    /// <summary>Removes what is too old or has no room; how many.</summary>
    public async Task<int> TrimAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref keptSinceTrim, 0);
        var gone = new List<(long Id, string File)>();
        await using (var command = database.CreateCommand(OverSql))
        {
            command.Parameters.Add(new() { Value = node });
            command.Parameters.Add(new() { Value = ConnectorActions.DefaultKeepMegabytes });
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                gone.Add((row.GetInt64(0), row.GetString(1)));
            }
        }

        foreach (var (_, file) in gone)
        {
            File.Delete(Path.Combine(folder, Path.GetFileName(file)));
        }

        await using var delete = database.CreateCommand("delete from connector_copy where id = any($1)");
        delete.Parameters.Add(new() { Value = gone.Select(copy => copy.Id).ToArray() });
        return gone.Count == 0 ? 0 : await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await TrimAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
            {
                Log.TrimFailed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<string> WriteAsync(ReadOnlySequence<byte> bytes)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var name = Guid.CreateVersion7().ToString("N") + ".copy";
        await using var file = new FileStream(Path.Combine(folder, name), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        foreach (var piece in bytes)
        {
            await file.WriteAsync(piece);
        }

        return name;
    }

    private async Task RecordAsync(CopyOf copy, string file, long size, int keepDays)
    {
        await using var command = database.CreateCommand(InsertSql);
        foreach (var value in (object[])
            [
                copy.ConnectorId, copy.Connector, copy.IsIncoming ? "in" : "out", copy.IsBefore ? "before" : "after", (object?)copy.MessageId ?? DBNull.Value,
                node, file, Storable.Text(copy.Name, 200), size, keepDays,
            ])
        {
            command.Parameters.Add(new() { Value = value });
        }

        command.Parameters[4].NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint;
        await command.ExecuteNonQueryAsync();
    }

    // Once for what the disk says, not for every message that meets it.
    private async Task TellAsync(CopyOf copy, Exception fault)
    {
        if (Interlocked.Exchange(ref failure, fault.HResult) != fault.HResult)
        {
            await events.WriteAsync(
                EventCodes.ConnectorCopyFailed, EventSeverity.Warning, copy.Connector,
                string.Create(CultureInfo.InvariantCulture, $"Copies of what {copy.Connector} converts cannot be kept: {fault.Message}"),
                "Make room on the disk of the data folder, or end the capture. Mail goes on.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2075, LogLevel.Warning, "Old copies of capture mode could not be removed; tried again: {Fault}")]
        public static partial void TrimFailed(ILogger logger, string fault);
    }
}
