using System.Buffers;
using System.Globalization;
using System.Text;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Tests.Formats.CcMail;

/// <summary>Builds and reads cc:Mail files for tests, independently of the writer under test.</summary>
internal static class CcMailFiles
{
    public const string Header =
        "From: Okafor, Ngozi at EXSITE1\r\nDate: 3/14/98 14:05\r\nTo: Lindqvist, Per at HARBOUR\r\nSubject: Crane timetable\r\n";

    public static readonly CcMailProfile Profile = new();

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Formats", "CcMail", "Fixtures", name));

    public static IEnumerable<string> Fixtures =>
        System.IO.Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Formats", "CcMail", "Fixtures"))
            .Select(f => Path.GetFileName(f)!)
            .Where(f => !f.StartsWith('.'))
            .Order(StringComparer.Ordinal);

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySequence<byte> bytes) => Encoding.Latin1.GetString(bytes.ToArray());

    public static List<CcMailMessage> Read(byte[] file, CcMailProfile? profile = null) =>
        [.. ExportReader.ReadAll(new ReadOnlySequence<byte>(file), profile ?? Profile)];

    public static List<CcMailMessage> Read(string file, CcMailProfile? profile = null) => Read(Bytes(file), profile);

    /// <summary>A sized message of model A; an item is its heading and its data.</summary>
    public static string Sized(string header, params (string Heading, string Data)[] items)
    {
        var contents = string.Concat(items.Select(i => $"{i.Heading}\r\n{Size(i.Data.Length)}\r\n{i.Data}\r\n"));
        var inner = $"{header}Contents:\r\n{Size(contents.Length)}\r\n{contents}\r\n";
        return $"Message:\r\n{Size(inner.Length)}\r\n{inner}\r\n";
    }

    public static ReadOnlySequence<byte> Segmented(byte[] file, int size)
    {
        var first = new Segment(file.AsMemory(0, Math.Min(size, file.Length)));
        var last = first;
        for (var at = size; at < file.Length; at += size)
        {
            last = last.Append(file.AsMemory(at, Math.Min(size, file.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    public static byte[] Written(ImportMessage message, CcMailProfile? profile = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var file = ImportWriter.Prepare(message, profile ?? Profile);
        file.WriteTo(output);
        file.Length.ShouldBe(output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    private static string Size(int size) => size.ToString(CultureInfo.InvariantCulture).PadRight(10);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
