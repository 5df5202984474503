using System.Text.Json;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Dirsync.MsMail;

namespace Postern.Web.Hosting;

/// <summary>The partners of the lab: SALES and PIER1, each with a first cycle that leaves plans to look at. Made once; after that they are the operator's.</summary>
internal sealed class LabPartners(string program, PartnerStore partners)
{
    /// <exception cref="StartException">They are not taken.</exception>
    public async Task AddAsync(CancellationToken cancellationToken)
    {
        var internet = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%g.%s@site1.example" } };
        await AddAsync(
            "sales", "ccmail", new CcMailPartnerSettings { Connector = "ccmail-sales", AllowsDeletes = true, TimeLimit = 60 },
            new SyncRules
            {
                OwnedHomes = ["CCMAIL:SALES"],
                Import = internet,
                Export = new ExportRules { NameTemplate = "%s, %g" },
                Canary = new CanaryRules { Address = "CCMAIL:Postern canary at SITE1" },
            },
            cancellationToken);
        await AddAsync(
            "pier1", "msmail",
            new MsMailPartnerSettings
            {
                Connector = "msmail-pier1",
                TimeLimit = 60,
                ReadProgram = [program, "msimport", "{administrator}", "-p{password}", "-d{path}", "-x", "-f{file}", "-l{log}", "-y"],
                WriteProgram = [program, "msimport", "{administrator}", "-p{password}", "-d{path}", "-f{file}", "-a", "-c", "-t", "-l{log}", "-y"],
            },
            new SyncRules { OwnedHomes = ["MS:HARBOR/PIER1"], Import = internet, Export = new ExportRules { NameTemplate = "%s, %g" } }, cancellationToken);
    }

    private async Task AddAsync<T>(string name, string kind, T settings, SyncRules rules, CancellationToken cancellationToken)
    {
        var who = Operator.Local("The lab");
        var result = await partners.SaveAsync(new PartnerDraft(0, name, kind, JsonSerializer.Serialize(settings, SettingsJson.Options), rules), null, who, cancellationToken);
        if (result.Saved is not { } saved)
        {
            throw new StartException($"The lab's partner {name} is not taken: {string.Join(' ', result.Faults.Select(fault => fault.Text))}", StartException.Configuration);
        }

        await partners.RunAsync(saved.Id, isDry: false, who, cancellationToken);
    }
}
