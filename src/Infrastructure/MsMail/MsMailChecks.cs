using Postern.Domain.Routing;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>Tries what an MS Mail connector needs: its folders are opened, its programs named. No program is started.</summary>
/// <param name="siteNames">Names under which MS Mail knows our sites, <c>NETWORK/POSTOFFICE</c>.</param>
internal sealed class MsMailChecks(MsMailConnectorSettings settings, AllowedPaths allowed, IReadOnlyList<string> siteNames)
{
    public IReadOnlyList<CheckAnswer> Run() =>
    [
        Answer("postOfficeName", () => Name(settings.PostOfficeName)),
        Answer("siteName", Site),
        .. settings.Transport == MsMailTransport.Folder
            ? [Answer("exchangeFolder", () => Folder(settings.ExchangeFolder, "exchange folder"))]
            : (CheckAnswer[])[Answer("postOfficePath", PostOffice), Answer("putProgram", () => Program(settings.PutProgram)), Answer("getProgram", () => Program(settings.GetProgram))],
        Answer("workFolder", WorkPlace),
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

    private static (bool, string) Name(string name) => PostOfficeNames.FaultOf("MS", name) is { Length: > 0 } fault ? (false, fault) : (true, "The name can be used.");

    private (bool, string) PostOffice() => Path.IsPathFullyQualified(settings.PostOfficePath)
        ? Folder(settings.PostOfficePath, "post office folder")
        : settings.PostOfficePath.Length == 0
            ? (false, "No path is set. It is the data directory of the post office, as the programs see it.")
            : (true, "The path is not one of this machine, so only the programs can open it; it was not checked.");

    private (bool, string) Folder(string folder, string what)
    {
        var path = allowed.Folder(folder);
        return !Directory.Exists(path) ? (false, $"The {what} {path} does not exist, or cannot be reached from this machine.")
            : WorkFolder.WhyNotWritten(path) is { Length: > 0 } refusal ? (false, $"The {what} {path} cannot be written: {refusal}")
            : (true, $"Opened: a file could be written in {path}.");
    }

    private (bool, string) WorkPlace()
    {
        if (settings.WorkFolder.Length == 0)
        {
            return (true, "A folder of this connector's own is made in the data folder.");
        }

        var path = allowed.Folder(settings.WorkFolder);
        return Directory.Exists(path) ? Folder(path, "work folder") : (true, $"{path} is made when the connector starts.");
    }

    private (bool, string) Program(IReadOnlyList<string> command) =>
        command.Count == 0 ? (false, "No program is set.") : (true, $"Found: {ProgramVersion.Describe(allowed.Program(command[0]))}.");

    private (bool, string) Site()
    {
        var key = Domain.Routing.PostOffice.KeyOf("MS", settings.SiteName);
        return siteNames.Any(name => Domain.Routing.PostOffice.KeyOf("MS", name) == key) ? (true, $"{settings.SiteName} is one of our sites.")
            : siteNames.Count == 0 ? (false, "No site has an MS Mail name yet; recipients of this post office's mail would not be ours.")
            : (false, $"None of our sites is called {settings.SiteName}; they are {string.Join(", ", siteNames)}.");
    }

    private (bool, string) Zone() => TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out var zone)
        ? (true, $"{zone.Id}: {zone.StandardName}.")
        : (false, $"This machine knows no time zone {settings.TimeZone}.");
}
