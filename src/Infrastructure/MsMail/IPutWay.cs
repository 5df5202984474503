using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>A message that an error of GTWPUT names.</summary>
internal sealed record RefusedItem(PutItem Item, ProgramError Error);

/// <summary>What became of the messages of one file.</summary>
/// <param name="Taken">The post office has them.</param>
/// <param name="Refused">Named by errors; the post office has them not.</param>
/// <param name="Doubtful">Nobody knows.</param>
/// <param name="Untouched">They stood behind the one that was refused, or nothing had begun.</param>
/// <param name="Fault">What the program said of the run as a whole; null when it said nothing.</param>
internal sealed record PutOutcome(
    ProgramEnd End, IReadOnlyList<PutItem> Taken, IReadOnlyList<RefusedItem> Refused, IReadOnlyList<PutItem> Doubtful, IReadOnlyList<PutItem> Untouched, ProgramError? Fault)
{
    public static PutOutcome NotBegun(ProgramEnd end, PutBundle bundle) => new(end, [], [], [], bundle.Items, null);
}

/// <summary>A way to hand files to a post office: its program, or a folder from which somebody else's program takes them.</summary>
internal interface IPutWay
{
    /// <exception cref="PathRefusedException">The program may not be started or is absent.</exception>
    /// <exception cref="ProgramNotStartedException">The system could not start it.</exception>
    /// <exception cref="PostOfficeUnreachableException">Nothing can be handed over now.</exception>
    Task<PutOutcome> RunAsync(PutBundle bundle, CancellationToken stop);
}

/// <summary>What both ways do with a file before it leaves.</summary>
internal static class PutFiles
{
    /// <summary>Writes the file into <c>Put</c>, and remembers its messages should they ever come back.</summary>
    public static async Task<string> WriteAsync(MsMailLink link, PutBundle bundle, CancellationToken cancellationToken)
    {
        var path = bundle.Write(link.Folders.Put);
        var keys = new List<byte[]>();
        using (var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false))
        {
            foreach (var message in MmffReader.ReadAll(content.AsSequence(), link.Profile with { BodyGap = BodyGap.None }))
            {
                keys.AddRange(message.Recipients.Select(recipient => recipient.Address.TryAddress(out var address, out _) ? Passages.Key(message, link.Profile, address) : []).Where(key => key.Length > 0));
            }
        }

        await link.Passages.NoteSentAsync(keys, link.Settings.PostOfficeName, cancellationToken);
        if (link.House.Copies is { } copies && copies.IsOn(link.ConnectorId))
        {
            foreach (var item in bundle.Items)
            {
                await copies.KeepFileAsync(link.Copy(isIncoming: false, isBefore: false, item.Transfer.MessageId, bundle.Name), path);
            }
        }

        return path;
    }
}
