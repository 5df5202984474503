namespace Postern.Web.Tests.Support;

/// <summary>Finds files of the repository from a test.</summary>
internal static class SourceFiles
{
    /// <summary>Full path of a file or folder given from the root of the repository.</summary>
    public static string Path(string fromRoot)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Console.sln")))
        {
            folder = folder.Parent;
        }

        return System.IO.Path.Combine(folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository."), fromRoot);
    }
}
