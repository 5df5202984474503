using System.Buffers;
using System.Text;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Tests.Formats.MsMail;

/// <summary>Reads and writes MMFF files for tests. The fixtures were written by hand, their sizes counted, without the writer under test.</summary>
internal static class MsMailFiles
{
    public const string Header =
        "VERSION:3.00\r\nTO:CSI:BRIDGENET/HUB1/ERIKF\r\nFROM:CSI:HARBOR/PIER1/ANNAB\r\nDATE:1998-03-14\r\nTIME:09:26\r\nSUBJECT:Crane timetable\r\n";

    public static readonly MsMailProfile Profile = new() { Network = "BRIDGENET", PostOffice = "HUB1" };

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Formats", "MsMail", "Fixtures");

    public static IEnumerable<string> Fixtures =>
        System.IO.Directory.EnumerateFiles(Folder, "*.in").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(Folder, name));

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySequence<byte> bytes) => Profile.Decode(bytes);

    public static List<MsMailMessage> Read(byte[] file, MsMailProfile? profile = null) =>
        [.. MmffReader.ReadAll(new ReadOnlySequence<byte>(file), profile ?? Profile)];

    public static List<MsMailMessage> Read(string file, MsMailProfile? profile = null) => Read(Bytes(file), profile);

    public static byte[] Written(PutFile file)
    {
        var output = new ArrayBufferWriter<byte>();
        file.WriteTo(output);
        file.Length.ShouldBe(output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Written(PutMessage message, MsMailProfile? profile = null) => Written(MmffWriter.Prepare(message, profile ?? Profile));

    /// <summary>A message that was read, to be written again.</summary>
    public static PutMessage Again(MsMailMessage message) => new()
    {
        From = message.From?.Raw ?? "",
        Recipients = [.. message.Recipients.Select(r => r.Address.Raw)],
        Date = message.Date,
        Subject = message.Subject,
        Priority = message.Priority,
        Text = Text(message.Body),
        Attachments = [.. message.Attachments.Select(a => new PutAttachment(a.Name, Domain.Formats.ItemContent.Of(a.Data)))],
    };
}
