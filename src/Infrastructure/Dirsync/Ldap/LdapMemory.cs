using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>What a read leaves for the next one, which then reads only what changed.</summary>
internal sealed record LdapMemory
{
    /// <summary>Fingerprint of what was read: with other settings everything is read anew.</summary>
    public string Of { get; init; } = "";

    /// <summary>The newest time of change that was seen, as the server writes it; empty when changes cannot be told.</summary>
    public string Newest { get; init; } = "";

    /// <summary>When everything was read last.</summary>
    public DateTimeOffset? WholeAt { get; init; }

    public static LdapMemory Read(string memory)
    {
        try
        {
            return SettingsJson.Read<LdapMemory>(memory);
        }
        catch (JsonException)
        {
            return new LdapMemory();
        }
    }

    public string Write() => JsonSerializer.Serialize(this, SettingsJson.Options);

    public static string FingerprintOf(LdapSettings settings)
    {
        var what = string.Join('\n', [settings.Host, settings.Port.ToString(CultureInfo.InvariantCulture), settings.BindDn, settings.Base, settings.Container, settings.EffectiveFilter, $"{settings.Shape}", .. settings.Attributes]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(what)))[..16];
    }
}
