using System.Data;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Configuration;

/// <summary>The whole configuration as one text: taken out, compared, put in.</summary>
/// <remarks>
/// A section in the text is the whole truth about its items: what is not in it goes. A section that is not in the text stays as it is.
/// A plan is the same transaction as an application, rolled back: what it prints is what would happen. Nothing is applied when
/// anything is wrong. Applying what is already so changes nothing, not even the version.
/// What would add a counter-example to the routing in force is refused with it, unless somebody says that they have seen it, and why. Where no routing is in
/// force, in a new installation or one that is put back, nothing can be broken: a text is taken, and what its routes lack is said.
/// </remarks>
public sealed class ConfigurationFile(NpgsqlDataSource database, SettingsCatalog catalog)
{
    private const int AuditedLines = 1000;

    // Changes wait for each other here, so that a version has one content.
    private const string LockVersion = "select version from configuration for update";

    private const string RaiseVersion =
        """
        update configuration set version = version + 1, changed_at = now() returning version
        """;

    /// <summary>The configuration as text; equal configurations are equal texts, byte for byte.</summary>
    /// <exception cref="InvalidDataException">A row cannot be read; a text without it would remove it when it is applied. The message names it.</exception>
    public async Task<string> ExportAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var document = await new StoredConfiguration(connection, catalog).ReadAsync(cancellationToken);
        return document.House.Where(item => item.Unreadable.Length > 0).Select(item => item.Unreadable).ToList() is { Count: > 0 } unreadable
            ? throw new InvalidDataException(string.Join(' ', unreadable))
            : new ConfigurationWriter(catalog).Write(document);
    }

    /// <summary>What applying <paramref name="yaml"/> would change; nothing is changed.</summary>
    public Task<ConfigurationResult> PlanAsync(string yaml, CancellationToken cancellationToken) => RunAsync(yaml, acceptsLoss: false, null, cancellationToken);

    /// <summary>Makes the configuration what <paramref name="yaml"/> says, in one transaction with its audit row.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public Task<ConfigurationResult> ApplyAsync(string yaml, Operator who, CancellationToken cancellationToken) => RunAsync(yaml, acceptsLoss: false, who, cancellationToken);

    /// <summary>The same by somebody who has seen what mail loses by it; <paramref name="who"/> says why.</summary>
    /// <exception cref="RightMissingException">They may not change the configuration.</exception>
    public Task<ConfigurationResult> ApplyWithLossAsync(string yaml, Operator who, CancellationToken cancellationToken) => RunAsync(yaml, acceptsLoss: true, who, cancellationToken);

    private async Task<ConfigurationResult> RunAsync(string yaml, bool acceptsLoss, Operator? who, CancellationToken cancellationToken)
    {
        who?.Demand(Right.Configure);
        var faults = new FaultList();
        var document = new ConfigurationReader(catalog, faults).Read(yaml);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var version = await NumberAsync(connection, LockVersion, cancellationToken);
        var stored = new StoredConfiguration(connection, catalog);
        var current = await stored.ReadAsync(cancellationToken);
        var wanted = document.Over(current);
        new ConfigurationRules(wanted, faults).Check();
        if (faults.Any)
        {
            return new ConfigurationResult(faults.InOrder(), [], [], version);
        }

        var difference = ConfigurationDifference.Between(current, wanted);
        await stored.CheckRemovalsAsync(difference, faults, cancellationToken);
        await stored.CheckGivenAsync(difference, faults, cancellationToken);
        if (faults.Any || difference.IsEmpty)
        {
            return new ConfigurationResult(faults.InOrder(), [], [], version);
        }

        if (!difference.Security.IsEmpty)
        {
            who?.Demand(Right.ManagePeople);
        }

        var losses = await LossesAsync(current, wanted, difference, cancellationToken);
        var isFirst = !RouteHouse.Of(current).Items.Any();
        if (who is not null && !isFirst && RouteProving.WhyNot(losses, acceptsLoss, who) is { Length: > 0 } refusal)
        {
            return new ConfigurationResult([], [], [], version) { Losses = losses, Refusal = refusal };
        }

        var lines = difference.Lines();
        await new ConfigurationChange(connection, transaction).WriteAsync(difference, cancellationToken);
        version = await NumberAsync(connection, RaiseVersion, cancellationToken);
        var notes = await stored.MissingSecretsAsync(wanted, cancellationToken);
        if (who is not null)
        {
            await AuditLog.WriteAsync(
                connection, who, "apply configuration", $"version {version}",
                JsonSerializer.Serialize(new { changes = lines.Take(AuditedLines), count = lines.Count, acceptedLosses = RouteProving.Told(losses) }), cancellationToken);
            await RouteHistory.NoteAsync(connection, current, wanted, who, cancellationToken);
            await ExecuteAsync(connection, $"notify {ConfigurationStore.Channel}", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return new ConfigurationResult([], lines, notes, version) { Losses = losses };
    }

    // The routing in force is read beside the transaction: whoever changes it waits for the same lock.
    private async Task<RouteLosses> LossesAsync(
        ConfigurationDocument current, ConfigurationDocument wanted, ConfigurationDifference difference, CancellationToken cancellationToken)
    {
        using var models = new RouteModels(database, new RoutingLoader(database), LiveRouting.Fixed(RoutingTable.Empty));
        return await RouteProving.LossesAsync(models, current, wanted, difference.Entries, cancellationToken);
    }

    private static async Task<long> NumberAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
