using System.Text.Json;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>Partners whose directory speaks LDAP: OpenLDAP, Exchange 5.5, Active Directory and what is like them.</summary>
/// <param name="secretOf">The secret of that name; null when there is none.</param>
public sealed class LdapPartners(Func<string, CancellationToken, Task<string?>> secretOf, TimeProvider clock) : IPartnerKind
{
    public string Name => "ldap";

    public Type Settings => typeof(LdapSettings);

    public IReadOnlyList<string> Faults(string settings) => Read(settings, out var fault)?.Faults() ?? [fault];

    public async Task<IPartnerDirectory> OpenAsync(Partner partner, CancellationToken cancellationToken)
    {
        var settings = Read(partner.Settings, out var unread) ?? throw new PartnerException($"The settings of {partner.Name} cannot be read: {unread}");
        if (settings.Faults() is [var fault, ..])
        {
            throw new PartnerException($"The settings of {partner.Name} cannot be used: {fault}");
        }

        var password = settings.PasswordSecret.Length == 0 ? "" : await secretOf(settings.PasswordSecret, cancellationToken) ?? "";
        return settings.BindDn.Length > 0 && password.Length == 0
            ? throw new PartnerException($"The secret {settings.PasswordSecret} with the password of {settings.BindDn} is not stored.")
            : new LdapDirectory(partner, settings, password, clock);
    }

    private static LdapSettings? Read(string settings, out string fault)
    {
        fault = "";
        try
        {
            return SettingsJson.Read<LdapSettings>(settings);
        }
        catch (JsonException e)
        {
            fault = e.Message;
            return null;
        }
    }
}
