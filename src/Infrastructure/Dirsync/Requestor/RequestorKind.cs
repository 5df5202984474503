using System.Text.Json;
using Npgsql;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>MS Mail directory synchronisation servers, of which Postern is a foreign requestor: everything goes by mail between the mailboxes <c>$SYSTEM</c>.</summary>
public sealed class RequestorKind(MsMailLinks links, NpgsqlDataSource database, SecretStore secrets, AcceptMessage accept) : IPartnerKind
{
    private const string OthersSql = "select name, settings::text from partner where kind = 'dirsync' and id <> $1";

    public string Name => "dirsync";

    public Type Settings => typeof(RequestorSettings);

    public IReadOnlyList<string> Faults(string settings)
    {
        try
        {
            return SettingsJson.Read<RequestorSettings>(settings).Faults();
        }
        catch (JsonException e)
        {
            return [$"settings: {e.Message}"];
        }
    }

    public async Task<IPartnerDirectory> OpenAsync(Partner partner, CancellationToken cancellationToken)
    {
        if (Faults(partner.Settings) is [var fault, ..])
        {
            throw new PartnerException(fault);
        }

        var settings = SettingsJson.Read<RequestorSettings>(partner.Settings);
        var link = await links.FindAsync(settings.Connector, cancellationToken)
            ?? throw new PartnerException($"There is no MS Mail connector {settings.Connector} that could be used: none has this name, or its settings have a fault.");
        var store = new RequestorStore(database, partner.Id);
        await CheckAloneAsync(partner, settings, link, cancellationToken);
        var password = settings.PasswordSecret.Length == 0 ? "" : await secrets.GetAsync(settings.PasswordSecret, cancellationToken)
            ?? throw new PartnerException($"The secret {settings.PasswordSecret} is not set.");
        return new RequestorDirectory(link, settings, store, accept, password);
    }

    // Two requestors of one server under one name would take each other's answers (Q201084, Q163625).
    private async Task CheckAloneAsync(Partner partner, RequestorSettings settings, MsMailLink link, CancellationToken cancellationToken)
    {
        await using var command = database.Command(OthersSql, partner.Id);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (Faults(rows.GetString(1)).Count == 0 && SettingsJson.Read<RequestorSettings>(rows.GetString(1)) is var other
                && SystemMail.HomeKeyOf(other.Server) == SystemMail.HomeKeyOf(settings.Server)
                && SystemMail.HomeKeyOf(NameOf(other, link)) == SystemMail.HomeKeyOf(NameOf(settings, link)))
            {
                throw new PartnerException($"{rows.GetString(0)} is the requestor of {settings.Server} already. A server has one for each post office; give one of both another name, or delete it.");
            }
        }
    }

    private static string NameOf(RequestorSettings settings, MsMailLink link) => settings.Requestor.Length > 0 ? settings.Requestor : link.Settings.SiteName;
}
