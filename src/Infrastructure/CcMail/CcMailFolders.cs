using System.Globalization;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.CcMail;

/// <summary>The work folders of one link, named as in the original's Ccmcdata.</summary>
internal sealed class CcMailFolders(string root)
{
    /// <summary>How many folders <see cref="Complete"/> looks after.</summary>
    public const int Count = 5;

    /// <summary>Of a file that is not whole yet.</summary>
    public const string TemporaryExtension = ".tmp";

    public string Root { get; } = root;

    /// <summary>Converted messages that wait for IMPORT.</summary>
    public string Submit { get; } = Path.Combine(root, "Submit");

    /// <summary>What IMPORT is given.</summary>
    public string Import { get; } = Path.Combine(root, "Import");

    /// <summary>What EXPORT writes.</summary>
    public string Export { get; } = Path.Combine(root, "Export");

    /// <summary>What could not be used, for a person to look at.</summary>
    public string Bad { get; } = Path.Combine(root, "Bad");

    /// <summary>Files of the post office while they are read; undeliverable files until their outcome is recorded.</summary>
    public string Work { get; } = Path.Combine(root, "Work");

    public string ImportCopies { get; } = Path.Combine(root, "Import.bak");

    public string ExportCopies { get; } = Path.Combine(root, "Export.bak");

    /// <summary>Makes what is missing (Q202178) and returns its names.</summary>
    public IReadOnlyList<string> Complete()
    {
        var made = new List<string>();
        foreach (var folder in (string[])[Submit, Import, Export, Bad, Work])
        {
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                made.Add(Path.GetFileName(folder));
            }
        }

        return made;
    }

    /// <summary>What EXPORT wrote in a run; null when it wrote nothing.</summary>
    public string? FindExport(long runId) => WorkFolder.Find(Export, Path.GetFileName(ExportFile(runId)));

    /// <summary>A file that IMPORT was given; null once it has taken it.</summary>
    public string? FindImport(string name) => WorkFolder.Find(Import, name);

    /// <summary>Where EXPORT writes in a run: 8.3, as the original named it.</summary>
    public string ExportFile(long runId) => Path.Combine(Export, string.Create(CultureInfo.InvariantCulture, $"MSG{runId & 0xFFFF:X4}.CCM"));

    /// <summary>Takes what EXPORT wrote into <see cref="Work"/>, where it has a name that never comes again; null when it wrote nothing.</summary>
    public string? TakeExport(long runId)
    {
        if (FindExport(runId) is not { } written)
        {
            return null;
        }

        var taken = Path.Combine(Work, FileId.From(runId) + ".ccm");
        File.Move(written, taken, overwrite: true);
        return taken;
    }

    /// <summary>Moves a file or folder into <see cref="Bad"/> under its own name, with a number where that is taken; returns the new path.</summary>
    public string MoveToBad(string path) => WorkFolder.MoveTo(Bad, path);
}
