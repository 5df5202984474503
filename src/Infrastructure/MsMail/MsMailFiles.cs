using System.Buffers;
using System.Security.Cryptography;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.MsMail;

/// <summary>What lies in the folders of MS Mail connectors.</summary>
public sealed class MsMailFiles(MsMailLinks links) : IFolderKind
{
    public IReadOnlyList<int> UnreadCodes { get; } = [EventCodes.MsMailMessageUnreadable, EventCodes.MsMailMessageForNobody, EventCodes.MsMailMessageUnacceptable];

    public IReadOnlyList<int> OtherCodes { get; } = [EventCodes.MsMailFileSetAside, EventCodes.MsMailMessageQuarantined];

    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken) => links.NamesAsync(cancellationToken);

    public async Task<IFolderPlace?> FindAsync(string connector, int? codePage, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(connector, codePage, cancellationToken) is not { } link)
        {
            return null;
        }

        await link.RecallAsync(cancellationToken);
        return new Place(link);
    }

    private sealed class Place(MsMailLink link) : IFolderPlace
    {
        public string Bad => link.Folders.Bad;

        public string Program => link.ExchangeFolder.Length > 0 ? "the exchange folder" : "GTWGET";

        // What was made for GTWPUT has its messages in the queue.
        public bool IsNeverMail(string fileName) => fileName.EndsWith(MsMailFolders.PutExtension, StringComparison.OrdinalIgnoreCase);

        public RawReading Read(in ReadOnlySequence<byte> content)
        {
            var messages = MmffReader.ReadAll(content, link.Profile).Take(SetAsideReading.MostMessages).ToList();
            return SetAsideReading.Of(
                content, link.Profile.TextEncoding, [.. messages.SelectMany(Fields)],
                messages.SelectMany(message => message.Notes).Select(note => new PlacedFault(note.Offset, note.Text)));
        }

        public Task<(IReadOnlyList<long> Accepted, string Fault)> TakeAsync(
            ReadOnlySequence<byte> content, Func<int, PickupIdentity> identity, DateTimeOffset receivedAt, bool takesFaulty, AcceptMessage accept, CancellationToken cancellationToken)
        {
            var inbound = new InboundMessages(link);
            var system = new SystemMail(link);
            return SetAsideReading.TakeAsync(
                MmffReader.ReadAll(content, link.Profile),
                message => takesFaulty || message.IsReadable ? [] : message.Notes.Select(note => note.Text).DefaultIfEmpty("It is not whole."),
                async (message, ordinal) =>
                {
                    if (system.MailboxOf(message) is { } mailbox)
                    {
                        return (null, $"It is synchronisation mail for {mailbox.Text}, which goes from program to program: the next cycle brings it again.");
                    }

                    if (await inbound.MakeAsync(message, identity(ordinal), SHA256.HashData(message.Raw.ToArray()), receivedAt, cancellationToken) is not { } incoming)
                    {
                        return (null, "It is for nobody at our sites.");
                    }

                    using var bytes = incoming.Message.Content;
                    var result = await accept(incoming.Message, cancellationToken);
                    if (result is IntakeResult.Accepted)
                    {
                        await link.Passages.NoteCameAsync(incoming.Passages, cancellationToken);
                    }

                    return SetAsideReading.Told(result);
                });
        }

        // A message that GTWPUT refused lies there as it was given.
        public string? Kept(long runId, string fileName) => fileName.Length > 0 ? WorkFolder.FindNamed(link.Folders.Bad, fileName) : null;

        public string WhyNotKept(string fileName) => $"{link.Name} keeps no copies of the files it exchanges; capture, in its settings, keeps those of the next ones.";

        private static IEnumerable<(string Label, string Text)> Fields(MsMailMessage message)
        {
            yield return ("From", Storable.Text(message.From?.Raw ?? "nobody", 300));
            if (message.Recipients.Count > 0)
            {
                yield return ("To", Storable.Text(string.Join("; ", message.Recipients.Select(recipient => recipient.Address.Raw)), 600));
            }

            if (message.DateText.Length + message.TimeText.Length > 0)
            {
                yield return ("Date", Storable.Text($"{message.DateText} {message.TimeText}".Trim(), 100));
            }

            yield return ("Subject", Storable.Text(message.Subject, 500));
            yield return ("Text", $"{message.Body.Length:N0} bytes{Says(message.DeclaredBodySize, message.Body.Length)}");
            foreach (var file in message.Attachments.Take(SetAsideReading.MostMessages))
            {
                yield return ("Attachment", $"{Storable.Text(file.Name, 100)} {file.Data.Length:N0} bytes{Says(file.DeclaredSize, file.Data.Length)}".TrimStart());
            }
        }

        private static string Says(long? declared, long length) => declared is { } size && size != length ? $"; the file says {size:N0}" : "";
    }
}
