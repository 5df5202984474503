using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>
/// A file that waits in a queue. One that cannot be read as messages, or is named <c>*.raw</c>, is exported byte for byte:
/// that is how a damaged message in a post office looks to the one who fetches it.
/// </summary>
internal sealed record QueueFile(string Path, ReadOnlyMemory<byte> Content, IReadOnlyList<Message> Messages)
{
    public bool IsRaw => Messages.Count == 0;

    /// <summary>How many messages the run counts it as.</summary>
    public int Count => Math.Max(1, Messages.Count);

    /// <summary>The number that /MSG# shows and /DELETE takes: the file's own, or one made of its name.</summary>
    public string Number => NumberOf(Path);

    public static string NumberOf(string path)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(path);
        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : (100_000 + (name.Aggregate(17, (sum, c) => (sum * 31) + c) & 0x7FFFF)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The files of a queue in name order, without the unfinished ones.</summary>
    public static List<string> In(string queue) => !Directory.Exists(queue) ? [] :
    [
        .. Directory.EnumerateFiles(queue)
            .Where(file => System.IO.Path.GetFileName(file)[0] != '.')
            .Order(StringComparer.OrdinalIgnoreCase),
    ];

    public static QueueFile Read(string path, OemText oem)
    {
        var content = File.ReadAllBytes(path);
        string? fault = null;
        var messages = path.EndsWith(".raw", StringComparison.OrdinalIgnoreCase)
            ? []
            : MessageReader.ReadAll(content, true, oem, out fault);
        return new QueueFile(path, content, fault is null ? messages : []);
    }
}
