using System.Text.Json;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>Import text through a folder, where IMPORT runs on another machine.</summary>
/// <remarks>
/// A file that Postern lays is done when somebody removes it after importing it. Until then no second one is laid, and a list from before it is not read: it would
/// show everything undone, and the same changes would be proposed again. Nor are the same changes laid twice before a list is read, whatever ends in between.
/// </remarks>
internal sealed class ListFolder(MsMailLink link, MsMailPartnerSettings settings) : IListTransport
{
    private readonly string folder = link.House.Allowed.Folder(settings.ExchangeFolder);

    public bool ShowsAtOnce => false;

    public string AfterRead(string memory) => JsonSerializer.Serialize(Remembered.Of(memory) with { Reading = Guid.NewGuid().ToString("N")[..12] });

    public Task<MessageContent> ReadAsync(string memory, CancellationToken cancellationToken)
    {
        Check();
        if (WorkFolder.Find(folder, settings.ChangesFile) is not null)
        {
            throw new PartnerException($"{settings.ChangesFile} in {folder} was not taken yet, so a list would not show what stands in it. Let IMPORT take it and remove it.");
        }

        if (WorkFolder.Find(folder, settings.ListFile) is not { } path)
        {
            throw new PartnerException($"{settings.ListFile} is not in {folder}. Let IMPORT -x write it there.");
        }

        var before = new FileInfo(path);
        var remembered = Remembered.Of(memory);
        if ((Laid(remembered).At ?? remembered.LaidAt) is { } at && before.LastWriteTimeUtc <= at.UtcDateTime)
        {
            throw new PartnerException($"{settings.ListFile} is from before {settings.ChangesFile}, which was laid on {at.UtcDateTime:d MMM yyyy HH:mm 'UTC'}. Let IMPORT -x write it anew when that file is imported.");
        }

        // A copy, because whoever writes it may write it again while it is read.
        var copy = Path.Combine(Directory.CreateDirectory(Path.Combine(link.Folders.Root, "Dirsync")).FullName, $"{Guid.NewGuid():N}.lst");
        try
        {
            File.Copy(path, copy);
            var after = new FileInfo(path);
            if (after.Length != before.Length || after.LastWriteTimeUtc != before.LastWriteTimeUtc)
            {
                File.Delete(copy);
                throw new PartnerException($"{settings.ListFile} is being written; it is read with the next cycle.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PartnerException($"{settings.ListFile} cannot be read: {e.Message}", e);
        }

        return Task.FromResult(MessageContent.FromFile(copy, new FileInfo(copy).Length, deletesFile: true));
    }

    public Task<(IReadOnlyList<DirsyncLogLine> Said, string Memory)> WriteAsync(string memory, IEnumerable<ImportRecord> records, CancellationToken cancellationToken)
    {
        Check();
        var remembered = Remembered.Of(memory);
        var laid = Laid(remembered);
        if (!laid.Has(records))
        {
            if (WorkFolder.Find(folder, settings.ChangesFile) is not null)
            {
                throw new PartnerException($"{settings.ChangesFile} in {folder} was not taken yet. Let IMPORT take it and remove it.");
            }

            laid.Lay(records);
        }

        return Task.FromResult<(IReadOnlyList<DirsyncLogLine>, string)>(([], JsonSerializer.Serialize(remembered with { LaidAt = laid.At })));
    }

    private LaidChanges Laid(Remembered remembered) => new(link.Profile, Path.Combine(link.Folders.Root, "Dirsync"), Path.Combine(folder, settings.ChangesFile), remembered.Reading);

    private void Check()
    {
        if (!Directory.Exists(folder))
        {
            throw new PartnerException($"The exchange folder {folder} cannot be reached.");
        }
    }

    /// <param name="LaidAt">When the last file with changes was laid.</param>
    /// <param name="Reading">Which reading of the list the changes were made from.</param>
    private sealed record Remembered(DateTimeOffset? LaidAt, string Reading = "")
    {
        public static Remembered Of(string memory)
        {
            try
            {
                return JsonSerializer.Deserialize<Remembered>(memory) ?? new Remembered(null as DateTimeOffset?);
            }
            catch (JsonException)
            {
                return new Remembered(null as DateTimeOffset?);
            }
        }
    }
}
