using Postern.Lab.CcMail;

namespace Postern.Lab.Setup;

/// <summary>Who is at SALES: post offices, its ten people, and people elsewhere whom it knows. All invented.</summary>
internal static class SalesDirectory
{
    public static readonly DirectoryEntry[] Entries =
    [
        new("SALES", 'P', "", ""),
        new("SITE1", 'P', "", "Gateway to the backbone"),
        new("SITE2", 'p', "SITE1", ""),
        new("Novak, Petra", 'L', "", "Cranes; Room 12"),
        new("Brandt, Uwe", 'L', "", "Survey"),
        new("Keane, Orla", 'L', "", "Front desk"),
        new("Sandoval, Luz", 'L', "", "Contracts"),
        new("Mbeki, Thandi", 'L', "", "Export"),
        new("Forsberg, Nils", 'L', "", "Spare parts"),
        new("Ortiz, Carmen", 'L', "", "Accounts"),
        new("Yamada, Ken", 'L', "", "Workshop"),
        new("Lowe, Patrick", 'L', "", "Dispatch"),
        new("Haddad, Rami", 'L', "", "Tenders"),
        new("Farrow, Pia", 'r', "SITE1 pia.farrow@partner.example", "Hire partner"),
        new("Quist, Anders", 'r', "SITE1 anders.quist@partner.example", "Hire partner"),
        new("Okafor, Ngozi", 'r', "SITE2 ngozi.okafor@site2.example", "Depot"),
    ];
}
