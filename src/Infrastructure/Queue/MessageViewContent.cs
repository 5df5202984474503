using System.Buffers;
using System.Security.Cryptography;
using Npgsql;
using Postern.Domain.Mime;

namespace Postern.Infrastructure.Queue;

/// <summary>One field of a message's header, decoded and bounded.</summary>
public sealed record MessageField(string Name, string Value);

/// <summary>One part of a message that holds content.</summary>
/// <param name="Number">Counts from 1 in the order of the content; names the part in a download.</param>
/// <param name="FileName">As the sender gave it, cleaned; null when it has none. Never to be used as a path.</param>
/// <param name="Size">Bytes once decoded.</param>
/// <param name="Sha256">Of the decoded bytes, in hex.</param>
/// <param name="IsFile">It is an attachment, not the text that is read.</param>
/// <param name="IsDamaged">Its encoding is broken; what could be decoded is counted.</param>
public sealed record MessagePart(int Number, string MediaType, string? FileName, long Size, string Sha256, bool IsFile, bool IsDamaged);

/// <summary>What a person reads of a message.</summary>
/// <param name="Text">Its plain text; null when it has only HTML, or none.</param>
/// <param name="Html">Its HTML; never to be shown outside a closed frame.</param>
/// <param name="IsCut">Text or HTML is longer than what is here.</param>
/// <param name="Raw">The beginning of the message as it was accepted, one character a byte.</param>
/// <param name="IsRawCut">The message is longer than <paramref name="Raw"/>.</param>
public sealed record MessageReading(
    IReadOnlyList<MessageField> Fields, string? Text, string? Html, bool IsCut, IReadOnlyList<MessagePart> Parts, string Raw, bool IsRawCut);

/// <summary>Reads the stored content of a message for a page or a download. What a sender put there is bounded here.</summary>
public sealed class MessageViewContent(NpgsqlDataSource database, ContentStore contents, string spoolFolder)
{
    private const int MostFields = 200;
    private const int LongestField = 2_000;
    private const int LongestText = 200_000;
    private const int LongestRaw = 64 * 1024;

    /// <summary>The message taken apart; null when its content is no longer kept.</summary>
    /// <exception cref="ContentDamagedException">What is stored is not what was accepted.</exception>
    public async Task<MessageReading?> ReadAsync(MessageRow message, CancellationToken cancellationToken)
    {
        using var content = await OpenAsync(message, cancellationToken);
        return content is null ? null : Read(content.AsSequence());
    }

    /// <summary>The message as it was accepted; null when it is no longer kept. The caller disposes it.</summary>
    public async Task<MessageContent?> OpenAsync(MessageRow message, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from message_content where message_id = $1 and accepted_at >= $2)");
        command.Parameters.Add(new() { Value = message.Id });
        command.Parameters.Add(new() { Value = message.AcceptedAt });
        var isKept = message.Size == 0 || (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        return isKept ? await contents.OpenAsync(message.Id, message.AcceptedAt, message.Size, cancellationToken) : null;
    }

    /// <summary>When the content was removed, and how many days after the last delivery; null when that is not known.</summary>
    public async Task<(DateTimeOffset At, int Days)?> RemovedAsync(MessageRow message, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- the first removal after the message was over
              select dropped_at, kept_days
                from partition_drop
               where parent = 'message_content' and day >= ($1 at time zone 'UTC')::date
                 and dropped_at - make_interval(days => kept_days) >= coalesce(
                     (select max(finished_at) from delivery_history h where h.id > $2 and h.id <= $3 and h.accepted_at = $1), $1)
            order by dropped_at limit 1
            """);
        command.Parameters.Add(new() { Value = message.AcceptedAt });
        command.Parameters.Add(new() { Value = message.Id });
        command.Parameters.Add(new() { Value = message.LastId });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetFieldValue<DateTimeOffset>(0), row.GetInt32(1)) : null;
    }

    /// <summary>One part, decoded; null when there is no such part or the content is no longer kept. The caller disposes the bytes.</summary>
    public async Task<(string FileName, MessageContent Bytes)?> PartAsync(MessageRow message, int number, CancellationToken cancellationToken)
    {
        using var content = await OpenAsync(message, cancellationToken);
        if (content is null || number < 1)
        {
            return null;
        }

        var root = MimeMessage.Read(content.AsSequence()).Root;
        if (Leaves(root).ElementAtOrDefault(number - 1) is not { } part)
        {
            return null;
        }

        using var writer = new ContentWriter(spoolFolder);
        part.Decode(writer);
        return (part.FileName ?? $"part-{number}{(part.ContentType.IsMessage ? ".eml" : part.ContentType.IsText ? ".txt" : ".bin")}", writer.Complete());
    }

    internal static MessageReading Read(in ReadOnlySequence<byte> content)
    {
        var root = MimeMessage.Read(content).Root;
        var body = MessageBody.Of(root);
        var isCut = false;
        var texts = body.Texts.Take(20).Select(part => Shown(part, ref isCut)).ToList();
        var html = body.Html is { } marked ? Shown(marked, ref isCut) : null;
        var files = body.Files.ToHashSet();
        var raw = content.Slice(0, Math.Min(content.Length, LongestRaw)).ToArray();
        return new MessageReading(
            [.. root.Fields.Take(MostFields).Select(field => FieldOf(root, field))],
            texts.Count > 0 ? string.Join("\n\n", texts) : null,
            html,
            isCut,
            [.. Leaves(root).Select((part, i) => PartOf(part, i + 1, files.Contains(part)))],
            System.Text.Encoding.Latin1.GetString(raw),
            content.Length > LongestRaw);
    }

    private static string Shown(MimePart part, ref bool isCut)
    {
        var text = part.ReadText(LongestText);
        isCut |= text.Faults.HasFlag(MimeFaults.TextCut);
        return text.Text;
    }

    private static MessageField FieldOf(MimePart root, HeaderField field)
    {
        var value = root.RawValue(field);
        var text = HeaderText.Decode(value.Length <= LongestField * 4 ? value.ToArray() : value.Slice(0, LongestField * 4).ToArray());
        return new MessageField(Storable.Text(root.NameOf(field), 100), Storable.Text(text, LongestField));
    }

    private static MessagePart PartOf(MimePart part, int number, bool isFile)
    {
        using var output = new HashingOutput();
        var result = part.Decode(output);
        return new MessagePart(
            number, Storable.Text(part.ContentType.MediaType, 100), part.FileName, output.Length, output.Finish(), isFile, result.Faults != MimeFaults.None);
    }

    // A message inside the message is one part, as it is one file for whoever gets it.
    private static IEnumerable<MimePart> Leaves(MimePart part) =>
        part.ContentType.IsMultipart && !part.IsOpaque ? part.Children.SelectMany(Leaves) : [part];

    /// <summary>Counts and hashes what is written to it, and keeps none of it.</summary>
    private sealed class HashingOutput : IBufferWriter<byte>, IDisposable
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private byte[] buffer = new byte[16 * 1024];

        public long Length { get; private set; }

        public void Advance(int count)
        {
            hash.AppendData(buffer, 0, count);
            Length += count;
        }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > buffer.Length)
            {
                buffer = new byte[sizeHint];
            }

            return buffer;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());

        public void Dispose() => hash.Dispose();
    }
}
