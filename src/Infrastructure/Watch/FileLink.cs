using System.Text.Json;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.MsMail;

namespace Postern.Infrastructure.Watch;

/// <summary>What the watchdogs need to know of a connector that works with files: its folders, how often it polls, how long its programs may take.</summary>
/// <param name="Kind">The folder of its kind in the data folder, where its work folder lies unless a setting says otherwise.</param>
/// <param name="WorkFolder">Empty: the one in the data folder.</param>
/// <param name="Below">Folders below the work folder.</param>
/// <param name="Outside">Folders of others, and whether it writes there.</param>
/// <param name="Poll">The time between two polls.</param>
/// <param name="In">The program that fetches, and its time limit in seconds.</param>
/// <param name="OutLimit">Time limit in seconds of the program that delivers.</param>
internal sealed record FileLink(
    string Kind, string WorkFolder, IReadOnlyList<string> Below, IReadOnlyList<(string Path, bool IsWritten)> Outside, TimeSpan Poll, (string Program, double Limit) In, double OutLimit)
{
    private const double StandardLimit = 300;

    /// <summary>Of a connector as it is configured; null for a kind without files.</summary>
    public static FileLink? Of(string kind, string settings) => kind switch
    {
        "ccmail" => Of(Read<CcMailConnectorSettings>(settings)),
        "msmail" => Of(Read<MsMailConnectorSettings>(settings)),
        _ => null,
    };

    /// <summary>How long a run of a program may take.</summary>
    public static TimeSpan LimitOf(FileLink? link, string program) =>
        TimeSpan.FromSeconds(link is null ? StandardLimit : program == link.In.Program ? link.In.Limit : link.OutLimit);

    /// <summary>The work folder, for a data folder.</summary>
    public string Work(string dataFolder, string connector) => WorkFolder.Length > 0 ? WorkFolder : Path.Combine(dataFolder, Kind, connector);

    /// <summary>Where files lie on their way in: written by a program, taken to be read, or laid down by others.</summary>
    public IEnumerable<string> WaysIn(string work) =>
        Kind == "ccmail" ? [Path.Combine(work, "Export"), Path.Combine(work, "Work")] : [Path.Combine(work, "Get"), Path.Combine(work, "Work"), .. Outside.Select(place => place.Path)];

    /// <summary>Is a file of this name mail on its way in?</summary>
    public bool IsMailIn(string name) =>
        (Kind == "ccmail" ? (string[])[".ccm"] : [".get", ".tkn"]).Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private static FileLink Of(CcMailConnectorSettings settings) => new(
        "ccmail", settings.WorkFolder, ["Submit", "Import", "Export", "Bad", "Work"],
        settings.PostOfficePath.Length > 0 ? [(settings.PostOfficePath, false)] : [],
        TimeSpan.FromSeconds(settings.SecondsBeforeExport), ("export", settings.ExportTimeLimit), settings.ImportTimeLimit);

    // The path of the post office is the programs' own: behind an emulator it is none of ours.
    private static FileLink Of(MsMailConnectorSettings settings) => new(
        "msmail", settings.WorkFolder, ["Put", "Get", "Bad", "Work"],
        settings.Transport == MsMailTransport.Folder && settings.ExchangeFolder.Length > 0 ? [(settings.ExchangeFolder, true)] : [],
        TimeSpan.FromSeconds(settings.SecondsBeforeGet), ("gtwget", settings.GetTimeLimit), settings.PutTimeLimit);

    // What cannot be read shows as a connector that fails.
    private static T Read<T>(string settings)
        where T : class, new()
    {
        try
        {
            return SettingsJson.Read<T>(settings);
        }
        catch (JsonException)
        {
            return new T();
        }
    }
}
