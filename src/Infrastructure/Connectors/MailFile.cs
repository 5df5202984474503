using System.Buffers;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>
/// Reads one file that came from a post office, message by message, and removes it when each is accepted, or set aside with an event. Read again
/// after a crash it brings nothing twice: a message is known by the file and its place in it.
/// </summary>
/// <param name="repeated">What earlier runs brought and may bring again.</param>
/// <param name="isClean">The run that brought the file ended well: the post office does not have its mail any more.</param>
internal abstract class MailFile<TMessage>(RepeatedMessages repeated, string postOffice, string path, long runId, bool isClean)
{
    /// <summary>How many messages are looked at to learn what files of this post office look like.</summary>
    private const int LearnFrom = 32;

    private readonly List<TMessage> seen = [];

    protected IReadOnlyList<TMessage> Seen => seen;

    protected string FileName => Path.GetFileName(path);

    /// <summary>The number of messages in the file.</summary>
    /// <exception cref="IntakeUnavailableException">The intake takes nothing now; the file stays and is read again.</exception>
    /// <exception cref="WorkFileUnreadableException">The system does not let it be read; the file stays.</exception>
    public async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        await repeated.LoadAsync(cancellationToken);
        var ordinal = 0;
        using (var content = Open())
        {
            var receivedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
            foreach (var message in Messages(content.AsSequence()))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await TakeOnceAsync(message, ordinal++, receivedAt, cancellationToken);
                if (seen.Count < LearnFrom)
                {
                    seen.Add(message);
                }
            }

            await LearnAsync(cancellationToken);
        }

        if (isClean)
        {
            await repeated.ForgetAsync(cancellationToken);
        }

        File.Delete(path);
        return ordinal;
    }

    /// <summary>The messages of the file, whole or not, in their order.</summary>
    protected abstract IEnumerable<TMessage> Messages(ReadOnlySequence<byte> content);

    /// <summary>The bytes of a message as they stand in the file.</summary>
    protected abstract ReadOnlySequence<byte> RawOf(TMessage message);

    /// <summary>Accepts a message, or sets it aside.</summary>
    protected abstract Task TakeAsync(TMessage message, int ordinal, byte[] fingerprint, DateTimeOffset receivedAt, CancellationToken cancellationToken);

    /// <summary>Says that a message came before and was not taken a second time.</summary>
    protected abstract Task TellRepeatedAsync(TMessage message, int ordinal);

    /// <summary>Learns from <see cref="Seen"/> what files of this post office look like.</summary>
    protected abstract Task LearnAsync(CancellationToken cancellationToken);

    /// <summary>The identity of a message: the file and its place in it.</summary>
    protected PickupIdentity IdentityOf(int ordinal) => new(FileId.From(runId), ordinal);

    /// <summary>The name under which a copy of a message as it came is kept.</summary>
    protected string CopyName(int ordinal, string extension) => $"{FileId.From(runId)}-{ordinal}{extension}";

    /// <summary>Writes a message into a folder; its name, and whether it was not there yet.</summary>
    protected (string Name, bool IsNew) SetAside(TMessage message, int ordinal, string folder, string extension, string temporaryExtension)
    {
        // One name per message, so that reading the file again after a crash writes the same file and not another.
        var name = FileId.From(runId, ordinal % FileId.MostParts) + (ordinal < FileId.MostParts ? "" : $"-{ordinal}") + extension;
        var target = Path.Combine(folder, name);
        var isNew = !File.Exists(target);
        var raw = RawOf(message);
        WholeFile.Write(
            target, temporaryExtension, raw.Length,
            output =>
            {
                foreach (var segment in raw)
                {
                    output.Write(segment.Span);
                }
            });
        return (name, isNew);
    }

    private async Task TakeOnceAsync(TMessage message, int ordinal, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var fingerprint = repeated.Fingerprint(RawOf(message));
        if (repeated.IsKnown(fingerprint))
        {
            await TellRepeatedAsync(message, ordinal);
            return;
        }

        await TakeAsync(message, ordinal, fingerprint, receivedAt, cancellationToken);

        // Last, so that a crash in between brings the message again rather than losing it.
        if (!isClean)
        {
            await repeated.RememberAsync(fingerprint, cancellationToken);
        }
    }

    private MessageContent Open()
    {
        try
        {
            var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
            content.AsSequence();
            return content;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WorkFileUnreadableException($"Mail of {postOffice} in Work/{FileName} cannot be read: {e.Message}");
        }
    }
}
