using Postern.Lab.CcMail;
using Postern.Lab.MsMail;

namespace Postern.Lab.Setup;

/// <summary>
/// What happens at SALES and PIER1 while nobody synchronises: people come, one takes a name that somebody of ours has, in other letters (Q237588), an entry of ours is
/// listed under an old name, and some are left of people who are gone. Done once; who is there stays.
/// </summary>
internal static class Newcomers
{
    private static readonly DirectoryEntry[] AtSales =
    [
        new("Lindqvist, Per", 'L', "", "Quay; Room 3"),
        new("Adeyemi, Bola", 'L', "", "Export"),
        new("HOLM, Gustava", 'L', "", "Berths"),
        new("#Cranes", 'L', "", "Timetables of the cranes"),
        new("Old, Olaf", 'r', "SITE1 Old, Olaf", "Left in spring"),
        new("Gone, Greta", 'r', "SITE1 Gone, Greta", ""),
    ];

    private static readonly ListEntry[] AtPier1 =
    [
        new("Novak, P.", "PCM:POSTERN/SITE1/NOVAKP", []),
        new("Brandt, Uwe", "PCM:POSTERN/SITE1/BRANDTU", []),
        new("Old, Olaf", "PCM:POSTERN/SITE1/OLDO", []),
        new("Ekman, Lars", "PCM:HARBOR/PIER2/LARSE", []),
    ];

    public static int Run(string[] arguments)
    {
        var lab = Path.Combine(Path.GetFullPath(VerbArguments.Parse(arguments).Word(0, "The folder")), "lab");
        if (PostOfficeFolder.Open(Path.Combine(lab, "SALES")) is { } sales)
        {
            sales.WriteDirectory([.. sales.Directory.Entries, .. AtSales.Where(entry => sales.Directory.Find(entry.Name) is null)]);
        }

        if (MsPostOffice.Open(Path.Combine(lab, "HARBOR", "PIER1")) is { } pier)
        {
            var lists = AddressLists.Load(pier);
            lists.Entries.AddRange(AtPier1.Where(entry => lists.Find(entry.List, entry.Name) is null));
            lists.Save();
        }

        return ResultCode.Done;
    }
}
