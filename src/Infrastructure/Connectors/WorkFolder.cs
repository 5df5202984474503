namespace Postern.Infrastructure.Connectors;

/// <summary>What is done with the files of any work folder.</summary>
internal static class WorkFolder
{
    /// <summary>Everything in a folder, hidden files and folders included, in name order.</summary>
    public static IReadOnlyList<string> Entries(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0 }).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The file of this name, in whatever letters a program of DOS has spelled it; null when there is none (Q152903).</summary>
    public static string? Find(string folder, string name) =>
        Path.Combine(folder, name) is var path && FileKinds.IsFile(path)
            ? path
            : Entries(folder).FirstOrDefault(entry => Path.GetFileName(entry).Equals(name, StringComparison.OrdinalIgnoreCase) && FileKinds.IsFile(entry));

    /// <summary>A file that somebody names: looked for among what lies there, so that the name never becomes part of a path; null when there is none.</summary>
    public static string? FindNamed(string folder, string name) => !Directory.Exists(folder) ? null
        : Entries(folder).FirstOrDefault(entry => Path.GetFileName(entry).Equals(name, StringComparison.OrdinalIgnoreCase) && FileKinds.IsFile(entry));

    /// <summary>Moves a file or folder into another one under its own name, with a number where that is taken; returns the new path.</summary>
    public static string MoveTo(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        var (name, extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
        for (var number = 0; ; number++)
        {
            var target = Path.Combine(folder, number == 0 ? name + extension : $"{name}~{number}{extension}");
            if (Path.Exists(target))
            {
                continue;
            }

            Directory.Move(path, target); // takes files, too
            return target;
        }
    }

    /// <summary>Why nothing can be written into a folder; empty when it can. Leaves no trace.</summary>
    public static string WhyNotWritten(string folder)
    {
        var probe = Path.Combine(folder, "POSTERN.TMP");
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
