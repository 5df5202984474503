namespace Postern.Domain.Routing;

/// <summary>The screens of the programs with which the old post offices are administered, step by step.</summary>
internal static class ScreenSteps
{
    /// <summary>External-Admin of MS Mail: Create, Modify or Delete; network and post office; route type; via (Q169328, Q148389).</summary>
    public static IReadOnlyList<SheetStep> OfExternalAdmin(SheetLine line)
    {
        var (network, postOffice) = Parts(line.Definition.Destination);
        List<SheetStep> steps =
        [
            new("Open", $"External-Admin, post office {line.Definition.Owner}"),
            new("Choose", line.Act.ToString()),
            new("Enter", $"Network {network}, Postoffice {postOffice}"),
        ];
        if (line.Act != SheetAct.Delete)
        {
            steps.Add(new("Choose", line.Definition.IsDirect ? "Route Direct, by the line that leads there" : "Route Indirect"));
        }

        if (line.Act != SheetAct.Delete && !line.Definition.IsDirect)
        {
            var (hubNetwork, hub) = Parts(line.Definition.Via);
            steps.Add(new("Enter", $"Via: Network {hubNetwork}, Postoffice {hub}"));
        }

        return [.. steps, new("Press", "OK, and save")];
    }

    /// <summary>The mail directory of cc:Mail Admin: name, location P, and the post office it goes through as the address.</summary>
    public static IReadOnlyList<SheetStep> OfCcMailAdmin(SheetLine line)
    {
        var open = new SheetStep("Open", $"cc:Mail Admin, post office {line.Definition.Owner}");
        return line.Act == SheetAct.Delete
            ? [open, new("Choose", $"Manage Mail Directory, {line.Definition.Destination}, Delete"), new("Press", "OK, and save")]
            :
            [
                open,
                new("Choose", "Manage Mail Directory"),
                new("Enter", $"Name: {line.Definition.Destination}"),
                new("Enter", "Location: P"),
                new("Enter", line.Definition.IsDirect ? "Address: empty" : $"Address: {line.Definition.Via}"),
                new("Press", "OK, and save"),
            ];
    }

    private static (string Network, string PostOffice) Parts(string name) => name.Split('/', 2) is [var network, var postOffice] ? (network, postOffice) : ("", name);
}
