using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Quarantine;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Components.Quarantine;

/// <summary>What the quarantine page asks about files that were set aside; there are none where no connector of this process has a folder.</summary>
public sealed class SetAsideReader(IServiceProvider services, CurrentOperator current)
{
    // A console without connectors beside it has no folders to look into.
    private readonly SetAsideFiles? files = services.GetService<SetAsideFiles>();

    /// <summary>All of them.</summary>
    public async Task<IReadOnlyList<SetAsideFile>> ListAsync(CancellationToken cancellationToken) =>
        files is null ? [] : await files.ListAsync(cancellationToken);

    /// <summary>One of them, read with a code page; null when it is gone.</summary>
    public async Task<RawReading?> ReadAsync(SetAsideFile file, int codePage) =>
        files is null ? null : await files.ReadAsync(file, codePage, CancellationToken.None);

    /// <summary>Reads it again; says what came of it.</summary>
    public async Task<(string Said, IReadOnlyList<long> Accepted)> AgainAsync(SetAsideFile file, int codePage, bool takesFaulty, string reason)
    {
        try
        {
            var result = await files!.ReadAgainAsync(file, codePage, takesFaulty, await current.WhoAsync(reason), CancellationToken.None);
            return (VisibleText.Of(result.Sentence, 400), result.Accepted);
        }
        catch (RightMissingException e)
        {
            return (e.Message, []);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
        {
            return ($"Nothing was done: {VisibleText.Of(e.Message)}", []);
        }
    }
}
