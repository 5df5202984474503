using Microsoft.EntityFrameworkCore;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Watch;
using Postern.Infrastructure.Configuration.Tables;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Configuration;

/// <summary>Writes a difference into the tables, within a transaction that its caller ends.</summary>
internal sealed class ConfigurationChange(NpgsqlConnection connection, NpgsqlTransaction transaction)
{
    public async Task WriteAsync(ConfigurationDifference difference, CancellationToken cancellationToken)
    {
        await using var context = new ConsoleDbContext(ConsoleDbContext.OptionsFor(connection));
        await context.Database.UseTransactionAsync(transaction, cancellationToken);
        await WriteRetentionAsync(context, difference.Retention, cancellationToken);
        await WriteOperationsAsync(context, difference.Operations, cancellationToken);
        await WriteAlertsAsync(context, difference.Alerts, cancellationToken);
        await WriteSecurityAsync(difference.Security, cancellationToken);
        await WriteSitesAsync(context, difference.Sites, cancellationToken);
        await WriteConnectorsAsync(context, difference.Connectors, cancellationToken);
        await WritePostOfficesAsync(context, difference.PostOffices, cancellationToken);
        await WriteListenersAsync(context, difference.Listeners, cancellationToken);
        await context.SaveChangesAsync(cancellationToken);
        await new EntryChange(connection).WriteAsync(difference.Entries, cancellationToken);
    }

    private static async Task WriteRetentionAsync(ConsoleDbContext context, SectionDifference<RetentionItem> retention, CancellationToken cancellationToken)
    {
        foreach (var (_, wanted) in retention.Changed)
        {
            // Past the version, which the same transaction raises.
            await context.Configuration.ExecuteUpdateAsync(
                row => row.SetProperty(r => r.ContentDays, wanted.ContentDays).SetProperty(r => r.HistoryDays, wanted.HistoryDays), cancellationToken);
        }
    }

    private static async Task WriteOperationsAsync(ConsoleDbContext context, SectionDifference<OperationsItem> operations, CancellationToken cancellationToken)
    {
        foreach (var (_, wanted) in operations.Changed)
        {
            // Past the version, which the same transaction raises.
            await context.Configuration.ExecuteUpdateAsync(
                row => row.SetProperty(r => r.UndoMinutes, wanted.UndoMinutes).SetProperty(r => r.ConfirmOver, wanted.ConfirmOver), cancellationToken);
        }
    }

    private static async Task WriteAlertsAsync(ConsoleDbContext context, SectionDifference<AlertsItem> alerts, CancellationToken cancellationToken)
    {
        foreach (var (_, item) in alerts.Changed)
        {
            var (wanted, recipients, webhooks) = (item.Settings, item.Settings.Recipients.ToArray(), item.Settings.Webhooks.ToArray());
            await context.Configuration.ExecuteUpdateAsync(
                row => row.SetProperty(r => r.AlertRecipients, recipients).SetProperty(r => r.AlertWebhooks, webhooks).SetProperty(r => r.AlertWebhookSecret, wanted.WebhookSecret)
                    .SetProperty(r => r.AlertSeverity, wanted.MinimumSeverity.ToWord()).SetProperty(r => r.AlertRepeat, wanted.RepeatAfter).SetProperty(r => r.DelayNotice, wanted.DelayNotice),
                cancellationToken);
        }
    }

    private async Task WriteSecurityAsync(SectionDifference<SecurityItem> security, CancellationToken cancellationToken)
    {
        foreach (var (_, wanted) in security.Changed)
        {
            await using var command = new NpgsqlCommand(
                """
                -- what is asked of people who sign in, and who gets the head of the audit
                with rule as (update sign_in_rule set second_step_roles = $1)
                update audit_head set mail_to = $2 where mail_to <> $2
                """,
                connection, transaction);
            command.Parameters.Add(new() { Value = wanted.SecondStepRoles.Select(role => role.ToWord()).ToArray() });
            command.Parameters.Add(new() { Value = wanted.AuditHeadTo });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task WriteSitesAsync(ConsoleDbContext context, SectionDifference<SiteItem> sites, CancellationToken cancellationToken)
    {
        var rows = await context.Sites.ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        context.RemoveRange(sites.Removed.Select(site => rows[site.Name]));
        foreach (var site in sites.Added.Concat(sites.Changed.Select(pair => pair.Wanted)))
        {
            var row = rows.GetValueOrDefault(site.Name) ?? context.Add(new SiteRow { Name = site.Name }).Entity;
            row.SmtpDomains = [.. site.SmtpDomains];
            row.CcMailPostOffice = site.CcMailPostOffice;
            row.MsMailNetwork = site.MsMailNetwork;
            row.MsMailPostOffice = site.MsMailPostOffice;
            row.UnknownRecipients = site.UnknownRecipients == Domain.Routing.UnknownRecipients.Forward ? "forward" : "refuse";
        }
    }

    private static async Task WriteConnectorsAsync(ConsoleDbContext context, SectionDifference<ConnectorItem> connectors, CancellationToken cancellationToken)
    {
        var rows = await context.Connectors.Include(row => row.AddressSpaces).ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        context.RemoveRange(connectors.Removed.Select(connector => rows[connector.Name]));
        foreach (var connector in connectors.Added.Concat(connectors.Changed.Select(pair => pair.Wanted)))
        {
            var row = rows.GetValueOrDefault(connector.Name) ?? context.Add(new ConnectorRow { Name = connector.Name, Kind = connector.Kind }).Entity;
            row.Kind = connector.Kind;
            row.DesiredState = connector.IsStarted ? "started" : "stopped";
            row.NodeLabel = connector.NodeLabel;
            row.Settings = connector.Settings;
            WriteAddressSpaces(row, connector);
        }
    }

    private static void WriteAddressSpaces(ConnectorRow row, ConnectorItem connector)
    {
        var wanted = connector.AddressSpaces.ToDictionary(space => (space.Type, space.Pattern));
        row.AddressSpaces.RemoveAll(space => !wanted.ContainsKey((space.Type, space.Pattern)));
        foreach (var space in connector.AddressSpaces)
        {
            if (row.AddressSpaces.Find(known => known.Type == space.Type && known.Pattern == space.Pattern) is { } known)
            {
                known.Cost = space.Cost;
            }
            else
            {
                row.AddressSpaces.Add(new AddressSpaceRow { Type = space.Type, Pattern = space.Pattern, Cost = space.Cost });
            }
        }
    }

    private static async Task WritePostOfficesAsync(ConsoleDbContext context, SectionDifference<PostOfficeItem> offices, CancellationToken cancellationToken)
    {
        var rows = (await context.PostOffices.ToListAsync(cancellationToken))
            .ToDictionary(row => PostOfficeItem.IdentityOf(row.System, row.Name), StringComparer.Ordinal);
        var connectors = context.ChangeTracker.Entries<ConnectorRow>().Select(entry => entry.Entity).ToDictionary(row => row.Name, StringComparer.Ordinal);
        context.RemoveRange(offices.Removed.Select(office => rows[office.Identity]));
        var wanted = offices.Added.Concat(offices.Changed.Select(pair => pair.Wanted)).ToList();
        foreach (var office in wanted.Where(office => !rows.ContainsKey(office.Identity)))
        {
            rows[office.Identity] = context.Add(new PostOfficeRow { System = office.System, Name = office.Name }).Entity;
        }

        // Ways are laid once all post offices are there, because one may lead through another that is new.
        foreach (var office in wanted)
        {
            var row = rows[office.Identity];
            row.Name = office.Name;
            row.Connector = office.Connector.Length > 0 ? connectors[office.Connector] : null;
            row.Via = office.Via.Length > 0 ? rows[PostOfficeItem.IdentityOf(office.System, office.Via)] : null;
        }
    }

    private static async Task WriteListenersAsync(ConsoleDbContext context, SectionDifference<ListenerItem> listeners, CancellationToken cancellationToken)
    {
        var rows = await context.Listeners.ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        context.RemoveRange(listeners.Removed.Select(listener => rows[listener.Name]));
        foreach (var listener in listeners.Added.Concat(listeners.Changed.Select(pair => pair.Wanted)))
        {
            var row = rows.GetValueOrDefault(listener.Name) ?? context.Add(new ListenerRow { Name = listener.Name }).Entity;
            row.Host = listener.Host;
            row.Port = listener.Port;
            row.IsEnabled = listener.IsEnabled;
            row.Settings = listener.Settings;
        }
    }
}
