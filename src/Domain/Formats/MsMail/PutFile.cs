using System.Buffers;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.MsMail;

/// <summary>A file for a put program whose every size is known before the first byte is written.</summary>
public sealed class PutFile
{
    private readonly IReadOnlyList<PreparedMessage> messages;

    internal PutFile(IReadOnlyList<PreparedMessage> messages, IReadOnlyList<ConversionLoss> losses)
    {
        this.messages = messages;
        Losses = losses;
        Length = messages.Sum(message => message.Length);
    }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>What the limits of the post office changed.</summary>
    public IReadOnlyList<ConversionLoss> Losses { get; }

    /// <summary>The messages in their order; an error line names them from 1.</summary>
    public IReadOnlyList<PutMessage> Messages => [.. messages.Select(message => message.Source)];

    /// <summary>Writes the file; may be called again. Attachments pass through in the pieces their content comes in.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (var message in messages)
        {
            output.Write(message.Head);
            output.Write(message.Body);
            foreach (var attachment in message.Source.Attachments)
            {
                attachment.Content.WriteTo(output);
            }
        }
    }

    /// <summary>The message, and where its line is a recipient's that recipient, which an error line of the program names.</summary>
    public PutPlace PlaceOf(ProgramError error)
    {
        if (error.Message < 1 || error.Message > messages.Count)
        {
            return new PutPlace(null, null);
        }

        var message = messages[error.Message - 1].Source;
        var recipient = error.Line - MmffWriter.FirstRecipientLine;
        return new PutPlace(message, recipient >= 0 && recipient < message.Recipients.Count ? message.Recipients[recipient] : null);
    }
}

/// <summary>What an error line names; both null when it names the run as a whole.</summary>
public sealed record PutPlace(PutMessage? Message, string? Recipient);

internal sealed record PreparedMessage(PutMessage Source, byte[] Head, byte[] Body)
{
    public long Length => Head.Length + Body.Length + Source.Attachments.Sum(attachment => attachment.Content.Length);
}
