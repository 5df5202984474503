using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Postern.Infrastructure.Events;

/// <summary>How much an event matters.</summary>
public enum EventSeverity
{
    Information,

    /// <summary>Handled; look soon.</summary>
    Warning,

    /// <summary>Needs a person.</summary>
    Error,
}

/// <summary>
/// What an operator must be able to see later: one sentence, one next step, in the database and in the log under one number (promise P3).
/// </summary>
/// <remarks>Telling must never stop the work it tells of: with the database away the event stands in the log only.</remarks>
public sealed class EventLog(NpgsqlDataSource database, ILogger<EventLog> logger)
{
    private const string InsertSql =
        """
        -- one event for the console
        insert into event (code, severity, connector, text, next_step, details)
             values ($1, $2, $3, $4, $5, $6)
        """;

    private static readonly string[] Words = ["information", "warning", "error"];

    /// <param name="code">One of <see cref="EventCodes"/>.</param>
    /// <param name="connector">Name of the connector; empty when none is concerned.</param>
    /// <param name="text">What happened, one sentence.</param>
    /// <param name="nextStep">What the operator can do; empty when nothing needs doing.</param>
    /// <param name="details">Stored as JSON; null for none.</param>
    public async Task WriteAsync(
        int code, EventSeverity severity, string connector, string text, string nextStep = "", IReadOnlyDictionary<string, string>? details = null)
    {
        Write(logger, code, severity, connector, text, null);
        try
        {
            await using var command = database.CreateCommand(InsertSql);
            Fill(command, code, severity, connector, text, nextStep, details);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            Write(logger, code, EventSeverity.Warning, connector, "The event could not be stored", e);
        }
    }

    /// <summary>Tells within the transaction of what it tells of: both are kept, or neither. Where the process ends in between, nothing has happened unseen.</summary>
    public async Task WriteAsync(
        NpgsqlConnection connection, int code, EventSeverity severity, string connector, string text, string nextStep = "", IReadOnlyDictionary<string, string>? details = null)
    {
        await using (var command = new NpgsqlCommand(InsertSql, connection))
        {
            Fill(command, code, severity, connector, text, nextStep, details);
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }

        Write(logger, code, severity, connector, text, null);
    }

    private static void Fill(NpgsqlCommand command, int code, EventSeverity severity, string connector, string text, string nextStep, IReadOnlyDictionary<string, string>? details)
    {
        command.Parameters.Add(new() { Value = code });
        command.Parameters.Add(new() { Value = Words[(int)severity] });
        command.Parameters.Add(new() { Value = connector });
        command.Parameters.Add(new() { Value = Queue.Storable.Text(text) });
        command.Parameters.Add(new() { Value = Queue.Storable.Text(nextStep) });
        command.Parameters.Add(new() { Value = Json(details), NpgsqlDbType = NpgsqlDbType.Jsonb });
    }

    private static object Json(IReadOnlyDictionary<string, string>? details) => details is null
        ? DBNull.Value
        : JsonSerializer.Serialize(details.ToDictionary(pair => pair.Key, pair => Queue.Storable.Text(pair.Value)));

    private static void Write(ILogger logger, int code, EventSeverity severity, string connector, string text, Exception? exception)
    {
        var level = severity switch
        {
            EventSeverity.Error => LogLevel.Error,
            EventSeverity.Warning => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        logger.Log(
            level, new EventId(code), (Connector: connector, Text: text), exception,
            static (state, _) => state.Connector.Length == 0 ? state.Text : $"{state.Connector}: {state.Text}");
    }
}
