using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>A delivery as GTWPUT knows it: by the address behind <c>TO:</c>.</summary>
internal sealed record PutDelivery(long Id, MsMailAddress Recipient)
{
    public string Line => MsMailAddressText.Written(Recipient);
}

/// <summary>A message converted for GTWPUT, and the deliveries that share it.</summary>
/// <param name="Notes">What was lost on the way, as JSON.</param>
internal sealed record PutItem(Transfer Transfer, PutMessage Message, IReadOnlyList<PutDelivery> Deliveries, string? Notes)
{
    /// <summary>Nothing else may be in the same run.</summary>
    public bool RunsAlone { get; init; }

    /// <summary>The post office may have what is not known to be delivered.</summary>
    public bool MayRepeat { get; set; } = Transfer.MayRepeat;

    /// <summary>The same in every attempt.</summary>
    public long Key => Deliveries[0].Id;

    /// <summary>The message without a recipient whose line GTWPUT refuses; null when nobody is left.</summary>
    public PutItem? Without(string line)
    {
        var left = Deliveries.Where(delivery => delivery.Line != line).ToList();
        return left.Count == 0 ? null : this with { Deliveries = left, Message = Message with { Recipients = [.. Message.Recipients.Where(recipient => recipient != line)] } };
    }
}

/// <summary>The messages of one file, which is one run of GTWPUT.</summary>
internal sealed class PutBundle
{
    public PutBundle(IReadOnlyList<PutItem> items, MsMailProfile profile)
    {
        Items = items;
        Name = FileId.From(items[0].Key) + MsMailFolders.PutExtension;
        File = MmffWriter.Prepare([.. items.Select(item => item.Message)], profile with { MessagesPerFile = items.Count }).Single();
    }

    public IReadOnlyList<PutItem> Items { get; }

    /// <summary>8.3, in the order of acceptance.</summary>
    public string Name { get; }

    public PutFile File { get; }

    public RunFile RunFile => OfItems(Items);

    /// <summary>The file with the deliveries of some of its messages.</summary>
    public RunFile OfItems(IEnumerable<PutItem> items) => new(Name, [.. items.SelectMany(item => item.Deliveries).Select(delivery => delivery.Id)]);

    /// <summary>The message that an error names; null when it names the run as a whole.</summary>
    public PutItem? ItemOf(ProgramError error) => error.Message >= 1 && error.Message <= Items.Count ? Items[error.Message - 1] : null;

    /// <summary>Writes the file under a temporary name, has it on disk, and only then gives it its name; returns the path.</summary>
    /// <exception cref="IOException">The disk is full, or refuses.</exception>
    public string Write(string folder)
    {
        var path = Path.Combine(folder, Name);
        WholeFile.Write(path, MsMailFolders.TemporaryExtension, File.Length, File.WriteTo);
        return path;
    }
}
