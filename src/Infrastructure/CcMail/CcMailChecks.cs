using System.Globalization;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.CcMail;

/// <summary>Tries what a cc:Mail connector needs: its folders are opened, the post office's file found, its programs named. No program is started.</summary>
/// <param name="siteNames">Names under which cc:Mail knows our sites.</param>
internal sealed class CcMailChecks(CcMailConnectorSettings settings, AllowedPaths allowed, IReadOnlyList<string> siteNames)
{
    private const string DamagingExport = "6.01.00.5";

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0 };

    public IReadOnlyList<CheckAnswer> Run() =>
    [
        Answer("postOfficePath", PostOffice),
        Answer("workFolder", WorkFolder),
        Answer("importProgram", () => Program(settings.ImportProgram)),
        Answer("exportProgram", () => Export(settings.ExportProgram)),
        Answer("siteName", Site),
        .. settings.AdministratorAddress.Length > 0 ? [Answer("administratorAddress", Administrator)] : (CheckAnswer[])[],
        .. settings.TimeZone.Length > 0 ? [Answer("timeZone", Zone)] : (CheckAnswer[])[],
    ];

    private static CheckAnswer Answer(string path, Func<(bool IsGood, string Sentence)> check)
    {
        try
        {
            var (isGood, sentence) = check();
            return new CheckAnswer(path, isGood, sentence);
        }
        catch (Exception e) when (e is PathRefusedException or IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return new CheckAnswer(path, false, e.Message);
        }
    }

    private (bool, string) PostOffice()
    {
        if (!Path.IsPathFullyQualified(settings.PostOfficePath))
        {
            return settings.PostOfficePath.Length == 0
                ? (false, "No path is set. It is the data directory of the post office, with CCPOMBOX in it.")
                : (true, "The path is not one of this machine, so only the programs can open it; it was not checked.");
        }

        var path = allowed.Folder(settings.PostOfficePath);
        if (!Directory.Exists(path))
        {
            return (false, $"The folder {path} does not exist, or cannot be reached from this machine.");
        }

        var files = Directory.EnumerateFiles(path, "*", Everything).Select(file => Path.GetFileName(file)).ToList();
        var box = files.Find(file => file.StartsWith("CCPOMBOX.", StringComparison.OrdinalIgnoreCase));
        return box is null
            ? (false, $"The folder {path} was opened and is not a cc:Mail post office: it holds no CCPOMBOX file.")
            : Connectors.WorkFolder.WhyNotWritten(path) is { Length: > 0 } refusal
                ? (false, $"The post office was found ({box}), but the folder cannot be written: {refusal}")
                : (true, $"Opened: {path} holds {box}.");
    }

    private (bool, string) WorkFolder()
    {
        if (settings.WorkFolder.Length == 0)
        {
            return (true, "A folder of this connector's own is made in the data folder.");
        }

        var path = allowed.Folder(settings.WorkFolder);
        var existing = path;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        return Connectors.WorkFolder.WhyNotWritten(existing) is { Length: > 0 } refusal
            ? (false, $"{existing} cannot be written: {refusal}")
            : (true, existing == path ? $"Opened: a file could be written in {path}." : $"{path} is made when the connector starts.");
    }

    private (bool, string) Program(IReadOnlyList<string> command)
    {
        if (command.Count == 0)
        {
            return (false, "No program is set.");
        }

        var path = allowed.Program(command[0]);
        var named = $"Found: {ProgramVersion.Describe(path)}.";
        if (Mismatch(ProgramVersion.Of(path)) is { Length: > 0 } mismatch)
        {
            return (false, $"{named} {mismatch}");
        }

        // Import and Export 6.0 and later do not start without it (Q233164, Q190275).
        var isDb8 = settings.DatabaseVersion == CcMailDatabase.DB8 && path.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);
        var folder = Path.GetDirectoryName(path)!;
        return isDb8 && !Directory.EnumerateFiles(folder, "*", Everything).Any(file => Path.GetFileName(file).Equals("IE.RI", StringComparison.OrdinalIgnoreCase))
            ? (false, $"{named} Version DB8 needs the file IE.RI beside it, and {folder} has none.")
            : (true, named);
    }

    // With the wrong one every run ends with code 1 (Q168465). What the post office itself is shows when EXPORT opens it: a partner's check does that.
    private string Mismatch(string version) =>
        !int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var release) ? ""
            : (settings.DatabaseVersion, release) switch
            {
                (CcMailDatabase.DB6, >= 6) => "It is a program of Release 6 or later, and the connector says DB6. Set Import/Export version to DB8, or name Import 5.15 and Export 5.14.",
                (CcMailDatabase.DB8, < 6) => "It is a program for post offices before Release 6, and the connector says DB8. Set Import/Export version to DB6 if the post office is older than Release 6, or name programs of Release 6 or later.",
                _ => "",
            };

    // What this version writes of Office files is damaged before anybody can read it (Q194905).
    private (bool, string) Export(IReadOnlyList<string> command)
    {
        var (isGood, sentence) = Program(command);
        return isGood && ProgramVersion.Of(allowed.Program(command[0])) == DamagingExport
            ? (false, $"{sentence} This version damages the Office files of messages from newer clients; take EXPORT 8.01 or later.")
            : (isGood, sentence);
    }

    private (bool, string) Site()
    {
        var known = siteNames.Any(name => NameKey.Fold(name) == NameKey.Fold(settings.SiteName));
        return (known, known
            ? $"{settings.SiteName} is one of our sites."
            : siteNames.Count == 0 ? "No site has a cc:Mail name yet; recipients of this post office's mail would not be ours." : $"None of our sites is called {settings.SiteName}; they are {string.Join(", ", siteNames)}.");
    }

    private (bool, string) Administrator() => MailAddress.TryParse(settings.AdministratorAddress, out _, out var fault)
        ? (true, "The address can be read.")
        : (false, fault);

    private (bool, string) Zone() => TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out var zone)
        ? (true, $"{zone.Id}: {zone.StandardName}.")
        : (false, $"This machine knows no time zone {settings.TimeZone}.");
}
