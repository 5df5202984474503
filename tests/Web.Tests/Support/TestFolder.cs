namespace Postern.Web.Tests.Support;

/// <summary>A folder of one test, removed with it. Its path has a blank, as people's paths do.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("postern cli ").FullName;

    public TestFolder() =>
        // PostgreSQL's own account has to pass through where the tests run as root.
        File.SetUnixFileMode(root, File.GetUnixFileMode(root) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

    public string this[string name] => Path.Combine(root, name);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
