using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.CcMail;

/// <summary>A delivery as IMPORT knows it: by the address in the file.</summary>
/// <param name="Written">The address line as it was written; empty when only the database still knows the delivery.</param>
internal sealed record FileDelivery(long Id, string Recipient, string Subject, string Written = "");

/// <summary>
/// The deliveries that share one message, which travels in one file, or in several when it has more attachments than items are allowed.
/// They are delivered when the last of the files is taken.
/// </summary>
internal sealed class FileGroup(Transfer transfer, IReadOnlyList<FileDelivery> deliveries, string? notes, int files)
{
    private readonly Dictionary<long, List<string>> refused = [];

    public Transfer Transfer { get; } = transfer;

    public IReadOnlyList<FileDelivery> Deliveries { get; } = deliveries;

    /// <summary>What was lost on the way, as JSON.</summary>
    public string? Notes { get; } = notes;

    /// <summary>Files that IMPORT has not taken.</summary>
    public int Left { get; set; } = files;

    /// <summary>More than one file: when some are taken and others are not, a later attempt repeats them.</summary>
    public bool IsSplit { get; } = files > 1;

    /// <summary>The post office may have, in part, what is not known to be delivered.</summary>
    public bool MayRepeat { get; set; } = transfer.MayRepeat;

    public IReadOnlyDictionary<long, List<string>> Refused => refused;

    public void Add(Refusals refusals)
    {
        foreach (var delivery in Deliveries)
        {
            if (refusals.Reasons.TryGetValue(delivery.Id, out var reasons))
            {
                refused[delivery.Id] = [.. refused.GetValueOrDefault(delivery.Id, []).Union(reasons, StringComparer.OrdinalIgnoreCase)];
            }
        }
    }

    public void ForgetRefusals() => refused.Clear();
}

/// <summary>A message converted for IMPORT: one file, named by its first delivery.</summary>
internal sealed class PreparedFile(FileGroup group, ImportMessage message, int part, bool runsAlone)
{
    public FileGroup Group { get; } = group;

    public IReadOnlyList<FileDelivery> Deliveries => Group.Deliveries;

    /// <summary>Nothing else may be in the same run.</summary>
    public bool RunsAlone { get; } = runsAlone;

    /// <summary>8.3, in the order of acceptance.</summary>
    public string Name { get; } = FileId.From(group.Deliveries[0].Id, part) + ".ccm";

    /// <summary>The same in every attempt.</summary>
    public long Key { get; } = FileId.Key(group.Deliveries[0].Id, part);

    public RunFile RunFile => new(Name, [.. Deliveries.Select(delivery => delivery.Id)]);

    /// <summary>Writes the file under a temporary name, has it on disk, and only then gives it its name.</summary>
    /// <exception cref="IOException">The disk is full, or refuses.</exception>
    public void Write(string folder, CcMailProfile profile)
    {
        var file = ImportWriter.Prepare(message, profile);
        WholeFile.Write(Path.Combine(folder, Name), CcMailFolders.TemporaryExtension, file.Length, file.WriteTo);
    }
}
