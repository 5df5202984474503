using System.Diagnostics;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Hosting;

/// <summary>The lab around a server: the post office SALES, the network HARBOR, the SMTP peer, and a first configuration that joins them.</summary>
/// <remarks>The first service to start, because the others read that configuration; the last to stop, so that the peer takes what is under way.</remarks>
internal sealed class LabHouse(
    ServeOptions options, DataFolder folder, NpgsqlDataSource database, SecretStore secrets, PartnerStore partners, ILogger<LabHouse> logger) : IHostedService
{
    private LabPeer? peer;

    /// <summary>Makes the post offices where there are none, starts the peer, and configures an installation that has no connector yet.</summary>
    /// <exception cref="StartException">The lab program is missing or fails.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var program = options.LabProgram;
        if (!File.Exists(program))
        {
            throw new StartException($"The lab program {program} does not exist.", StartException.Configuration);
        }

        await Task.WhenAll(
            CreatePostOfficesAsync(program, "create", folder.Path, cancellationToken), CreatePostOfficesAsync(program, "harbor", folder.Path, cancellationToken));
        peer = await LabPeer.StartAsync(program, folder.Sub("lab"), logger, cancellationToken);
        if (await new LabConfiguration(program, folder.Path, peer.Port, database, secrets).EnsureAsync(cancellationToken))
        {
            // Both sides have lived on since they were last alike, so the first cycles have something to show.
            await CreatePostOfficesAsync(program, "newcomers", folder.Path, cancellationToken);
            await new LabPartners(program, partners).AddAsync(cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (peer is not null)
        {
            await peer.DisposeAsync();
            peer = null;
        }
    }

    private static async Task CreatePostOfficesAsync(string program, string verb, string dataFolder, CancellationToken cancellationToken)
    {
        using var create = Process.Start(new ProcessStartInfo(program, [verb, dataFolder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        create.StandardInput.Close();
        var said = create.StandardError.ReadToEndAsync(cancellationToken);
        await create.StandardOutput.ReadToEndAsync(cancellationToken);
        await create.WaitForExitAsync(cancellationToken);
        if (create.ExitCode != 0)
        {
            throw new StartException($"The lab cannot be made: {(await said).Trim()}", StartException.Unavailable);
        }
    }
}
