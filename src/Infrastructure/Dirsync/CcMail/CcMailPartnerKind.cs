using System.Text.Json;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.CcMail;

/// <summary>cc:Mail post offices, whose directory EXPORT writes and IMPORT changes.</summary>
public sealed class CcMailPartnerKind(CcMailLinks links) : IPartnerKind
{
    public string Name => "ccmail";

    public Type Settings => typeof(CcMailPartnerSettings);

    public IReadOnlyList<string> Faults(string settings)
    {
        try
        {
            return SettingsJson.Read<CcMailPartnerSettings>(settings).Faults();
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

        var settings = SettingsJson.Read<CcMailPartnerSettings>(partner.Settings);
        var link = await links.FindAsync(settings.Connector, null, cancellationToken)
            ?? throw new PartnerException($"There is no cc:Mail connector {settings.Connector} that could be used: none has this name, or its settings have a fault.");
        return new CcMailPartnerDirectory(partner.Name, link, settings);
    }
}
