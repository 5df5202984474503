using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>One server with its lab for a class of tests; each writes to people of its own.</summary>
public sealed class RunningLab : IAsyncLifetime
{
    internal TestFolder Folder { get; } = new();

    internal RunningPostern Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await PosternProgram.ServeAsync(Folder["data"], "--smtp", "0", "--lab", PosternProgram.Lab);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
    }
}
