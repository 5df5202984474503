namespace Postern.Architecture.Tests;

/// <summary>The source tree this test was built from.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>Files below a folder of the repository, as paths from its root.</summary>
    public static IEnumerable<string> Below(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static int Lines(string path) => File.ReadLines(Path.Combine(Root, path)).Count();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Console.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Console.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
