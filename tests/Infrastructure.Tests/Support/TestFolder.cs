namespace Postern.Infrastructure.Tests.Support;

/// <summary>An empty folder that goes with the test.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"postern-folder-{Guid.NewGuid():N}");

    /// <summary>A path inside; nothing is made.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
