using System.Buffers;
using System.Text;
using Npgsql;
using Postern.Domain.Mime;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Quarantine;

/// <summary>What all kinds of connectors do alike with a file that was set aside.</summary>
internal static class SetAsideReading
{
    /// <summary>So many messages of a file are shown, and items of a message.</summary>
    public const int MostMessages = 20;

    private const int MostTaken = 100;
    private const int ShownBytes = 64 * 1024;
    private const int ShownLines = 400;
    private const int ShownRows = 256;

    /// <summary>The beginning of a file as text and as bytes, beside what was read of it.</summary>
    public static RawReading Of(in ReadOnlySequence<byte> content, Encoding encoding, IReadOnlyList<(string Label, string Text)> fields, IEnumerable<PlacedFault> faults)
    {
        var first = content.Slice(0, Math.Min(content.Length, ShownBytes)).ToArray();
        var lines = RawLines.Read(first, ShownLines, encoding);
        return new RawReading(
            lines, RawLines.Bytes(first, ShownRows), fields, [.. faults.OrderBy(fault => fault.Offset)], [], content.Length, lines.Count > 0 && lines[^1].End < content.Length);
    }

    /// <summary>Has the messages of a file accepted one by one, up to the first that is not.</summary>
    /// <param name="faults">What keeps a message from being taken; nothing is taken of a file that holds such a one.</param>
    public static async Task<(IReadOnlyList<long> Accepted, string Fault)> TakeAsync<TMessage>(
        IEnumerable<TMessage> file, Func<TMessage, IEnumerable<string>> faults, Func<TMessage, int, Task<(long? Id, string Fault)>> take)
    {
        var messages = file.Take(MostTaken).ToList();
        if (messages.Select(message => faults(message).Distinct().Take(3).ToList()).FirstOrDefault(found => found.Count > 0) is { } faulty)
        {
            return ([], $"Still fails: {string.Join(' ', faulty)}");
        }

        var accepted = new List<long>();
        for (var ordinal = 0; ordinal < messages.Count; ordinal++)
        {
            var (id, fault) = await GuardedAsync(() => take(messages[ordinal], ordinal));
            if (id is not { } number)
            {
                return (accepted, fault);
            }

            accepted.Add(number);
        }

        return (accepted, accepted.Count == 0 ? "There is no message in it." : "");
    }

    /// <summary>What the intake made of a message.</summary>
    public static (long? Id, string Fault) Told(IntakeResult result) => result switch
    {
        IntakeResult.Accepted taken => (taken.MessageId, ""),
        IntakeResult.AlreadyAccepted known => (known.MessageId, ""),
        IntakeResult.TryLater later => (null, $"It is not taken now: {later.Reason}."),
        IntakeResult.Unacceptable never => (null, $"It cannot be stored: {never.Reason}."),
        _ => (null, "It was not taken."),
    };

    private static async Task<(long? Id, string Fault)> GuardedAsync(Func<Task<(long? Id, string Fault)>> take)
    {
        try
        {
            return await take();
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException or OperationCanceledException or NpgsqlException))
        {
            // The boundary of one message, as when it came in.
            return (null, $"Still fails: it could not be converted: {e.Message}");
        }
    }
}
