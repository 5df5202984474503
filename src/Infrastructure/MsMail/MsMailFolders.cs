using System.Globalization;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>The work folders of one link.</summary>
internal sealed class MsMailFolders(string root)
{
    /// <summary>How many folders <see cref="Complete"/> looks after.</summary>
    public const int Count = 4;

    public const string PutExtension = ".PUT";

    public const string GetExtension = ".GET";

    /// <summary>Of a file that is not whole yet.</summary>
    public const string TemporaryExtension = ".TMP";

    public string Root { get; } = root;

    /// <summary>What GTWPUT is given, or waits to be laid into the exchange folder.</summary>
    public string Put { get; } = Path.Combine(root, "Put");

    /// <summary>What GTWGET writes.</summary>
    public string Get { get; } = Path.Combine(root, "Get");

    /// <summary>What could not be used, for a person to look at.</summary>
    public string Bad { get; } = Path.Combine(root, "Bad");

    /// <summary>Files of the post office while they are read.</summary>
    public string Work { get; } = Path.Combine(root, "Work");

    /// <summary>Makes what is missing and returns its names.</summary>
    public IReadOnlyList<string> Complete()
    {
        var made = new List<string>();
        foreach (var folder in (string[])[Put, Get, Bad, Work])
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                made.Add(Path.GetFileName(folder));
            }
        }

        return made;
    }

    /// <summary>Where GTWGET writes in a run, 8.3.</summary>
    public string GetFile(long runId) => Path.Combine(Get, string.Create(CultureInfo.InvariantCulture, $"MAIL{runId & 0xFFFF:X4}{GetExtension}"));

    /// <summary>The name under which a file of the post office lies in <see cref="Work"/>: it never comes again.</summary>
    public string WorkFile(long runId) => Path.Combine(Work, FileId.From(runId) + GetExtension);

    /// <summary>Takes what GTWGET wrote in a run into <see cref="Work"/>; null when it wrote nothing.</summary>
    public string? TakeGet(long runId)
    {
        if (WorkFolder.Find(Get, Path.GetFileName(GetFile(runId))) is not { } written)
        {
            return null;
        }

        File.Move(written, WorkFile(runId), overwrite: true);
        return WorkFile(runId);
    }
}
