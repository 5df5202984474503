using System.Buffers;
using System.Security.Cryptography;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>What lies in the folders of cc:Mail connectors.</summary>
public sealed class CcMailFiles(CcMailLinks links) : IFolderKind
{
    public IReadOnlyList<int> UnreadCodes { get; } = [EventCodes.CcMailMessageUnreadable, EventCodes.CcMailMessageForNobody, EventCodes.CcMailMessageUnacceptable];

    public IReadOnlyList<int> OtherCodes { get; } = [EventCodes.CcMailFileSetAside, EventCodes.CcMailMessageQuarantined, EventCodes.CcMailUndeliverableUnmatched];

    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken) => links.NamesAsync(cancellationToken);

    public async Task<IFolderPlace?> FindAsync(string connector, int? codePage, CancellationToken cancellationToken) =>
        await links.FindAsync(connector, codePage, cancellationToken) is { } link ? new Place(link) : null;

    private sealed class Place(CcMailLink link) : IFolderPlace
    {
        public string Bad => link.Folders.Bad;

        public string Program => "EXPORT";

        public bool IsNeverMail(string fileName) => Undeliverable.IsName(fileName);

        public RawReading Read(in ReadOnlySequence<byte> content)
        {
            var messages = ExportReader.ReadAll(content, link.Profile).Take(SetAsideReading.MostMessages).ToList();
            return SetAsideReading.Of(
                content, link.Profile.TextEncoding, [.. messages.SelectMany(Fields)],
                messages.SelectMany(message => message.Notes).Select(note => new PlacedFault(note.Offset, note.Text)));
        }

        public Task<(IReadOnlyList<long> Accepted, string Fault)> TakeAsync(
            ReadOnlySequence<byte> content, Func<int, PickupIdentity> identity, DateTimeOffset receivedAt, bool takesFaulty, AcceptMessage accept, CancellationToken cancellationToken)
        {
            var inbound = new InboundMessages(link);
            return SetAsideReading.TakeAsync(
                ExportReader.ReadAll(content, link.Profile),
                message => takesFaulty || message.IsReadable ? [] : message.Notes.Select(note => note.Text).DefaultIfEmpty("It is not whole."),
                async (message, ordinal) =>
                {
                    if (inbound.Make(message, identity(ordinal), SHA256.HashData(message.Raw.ToArray()), receivedAt) is not { } incoming)
                    {
                        return (null, "It is for nobody at our sites.");
                    }

                    using var bytes = incoming.Content;
                    return SetAsideReading.Told(await accept(incoming, cancellationToken));
                });
        }

        public string? Kept(long runId, string fileName) => fileName.Length > 0
            ? WorkFolder.FindNamed(link.Folders.ImportCopies, fileName) ?? WorkFolder.FindNamed(link.Folders.Bad, fileName)
            : WorkFolder.FindNamed(link.Folders.ExportCopies, Path.GetFileName(link.Folders.ExportFile(runId)));

        public string WhyNotKept(string fileName) => (fileName.Length > 0 ? link.Settings.SaveImportedFiles : link.Settings.SaveExportedFiles)
            ? "The copy is no longer in its folder."
            : $"{link.Name} keeps no copies of {(fileName.Length > 0 ? "imported" : "exported")} files; its settings can change that for the next ones.";

        private static IEnumerable<(string Label, string Text)> Fields(CcMailMessage message)
        {
            yield return ("From", Storable.Text(message.From?.Raw ?? "nobody", 300));
            if (message.Recipients.Count > 0)
            {
                yield return ("To", Storable.Text(string.Join("; ", message.Recipients.Select(recipient => recipient.Address.Raw)), 600));
            }

            if (message.DateText.Length > 0)
            {
                yield return ("Date", Storable.Text(message.DateText, 100));
            }

            yield return ("Subject", Storable.Text(message.Subject, 500));
            foreach (var item in message.Items.Take(SetAsideReading.MostMessages))
            {
                var says = item.DeclaredSize is { } size && size != item.Data.Length ? $"; the file says {size:N0}" : "";
                yield return (item.Kind == ItemKind.File ? "Attachment" : "Text", $"{Storable.Text(item.Title, 100)} {item.Data.Length:N0} bytes{says}".TrimStart());
            }
        }
    }
}
