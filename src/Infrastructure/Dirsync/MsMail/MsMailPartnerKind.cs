using System.Text.Json;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.MsMail;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>MS Mail post offices, whose address lists IMPORT writes and changes as text.</summary>
public sealed class MsMailPartnerKind(MsMailLinks links) : IPartnerKind
{
    public string Name => "msmail";

    public Type Settings => typeof(MsMailPartnerSettings);

    public IReadOnlyList<string> Faults(string settings)
    {
        try
        {
            return SettingsJson.Read<MsMailPartnerSettings>(settings).Faults();
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

        var settings = SettingsJson.Read<MsMailPartnerSettings>(partner.Settings);
        var link = await links.FindAsync(settings.Connector, cancellationToken)
            ?? throw new PartnerException($"There is no MS Mail connector {settings.Connector} that could be used: none has this name, or its settings have a fault.");
        try
        {
            IListTransport transport = settings.Transport == ImportTransport.Folder ? new ListFolder(link, settings) : new ListProgram(link, settings);
            return new MsMailPartnerDirectory(link, settings, transport);
        }
        catch (PathRefusedException e)
        {
            throw new PartnerException(e.Message, e);
        }
    }
}
