using Postern.Domain.Access;
using Postern.Domain.Addresses;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Configuration;

/// <summary>Reads the section «security» of the configuration text.</summary>
internal static class SecurityReader
{
    /// <summary>The section as one item; null when it is not in the file.</summary>
    public static IReadOnlyList<SecurityItem>? Read(YamlSection sections, FaultList faults)
    {
        switch (sections.Find("security"))
        {
            case null:
                return null;
            case YamlMappingNode map:
                return [Read(new YamlSection(map, "Security", faults))];
            case var other:
                faults.Add(YamlSection.LineOf(other), "Security must be a mapping with secondStepRoles and auditHeadTo.");
                return null;
        }
    }

    private static SecurityItem Read(YamlSection section)
    {
        var roles = new List<Role>();
        foreach (var (line, text) in section.TextList("secondStepRoles"))
        {
            if (RoleRights.TryParse(text, out var role))
            {
                roles.Add(role);
            }
            else
            {
                section.Faults.Add(line, $"{section.Place}: there is no role “{text}”; there is {string.Join(", ", Enum.GetValues<Role>().Select(known => known.ToWord()))}.");
            }
        }

        var address = section.Text("auditHeadTo").Trim();
        if (address.Length > 0 && !MailAddress.TryParse(address, out _, out var fault))
        {
            section.Faults.Add(section.LineOf("auditHeadTo"), $"{section.Place}: “{address}” is not an address. {fault}");
        }

        section.RefuseOthers();
        return new SecurityItem(section.Line, [.. roles.Distinct().Order()], address);
    }
}
