using System.Text.Json;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Dirsync.Csv;

/// <summary>Partners that put their entries into a table, and take ours from one.</summary>
public sealed class CsvPartners(AllowedPaths allowed, TimeProvider clock) : IPartnerKind
{
    public string Name => "csv";

    public Type Settings => typeof(CsvSettings);

    public IReadOnlyList<string> Faults(string settings) => Read(settings, out var fault)?.Faults() ?? [fault];

    public Task<IPartnerDirectory> OpenAsync(Partner partner, CancellationToken cancellationToken)
    {
        var settings = Read(partner.Settings, out var unread) ?? throw new PartnerException($"The settings of {partner.Name} cannot be read: {unread}");
        return settings.Faults() is [var fault, ..]
            ? throw new PartnerException($"The settings of {partner.Name} cannot be used: {fault}")
            : Task.FromResult<IPartnerDirectory>(new CsvDirectory(partner, settings, allowed, clock));
    }

    private static CsvSettings? Read(string settings, out string fault)
    {
        fault = "";
        try
        {
            return SettingsJson.Read<CsvSettings>(settings);
        }
        catch (JsonException e)
        {
            fault = e.Message;
            return null;
        }
    }
}
