using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>A line of an import text.</summary>
/// <param name="Number">From 1; empty lines count.</param>
/// <param name="IsCut">It is longer than a line may be; what is too much was left out.</param>
/// <param name="IsEnded">False for a line that the end of the text cut off.</param>
internal readonly record struct ImportLine(string Text, int Number, bool IsCut, bool IsEnded);

/// <summary>Takes an import text apart at any line end; empty lines and the end mark of DOS do not count (Q159294, Q85055).</summary>
internal sealed class ImportLines(ByteSource source, MsMailProfile profile)
{
    private static ReadOnlySpan<byte> LineEnds => "\r\n"u8;

    public IEnumerable<ImportLine> All()
    {
        var number = 0;
        for (long at = 0; at < source.Length;)
        {
            number++;
            var end = source.IndexOfAny(LineEnds, at, source.Length);
            var isEnded = end >= 0;
            end = isEnded ? end : source.Length;
            var kept = Math.Min(end, at + ImportTextReader.LineLimit);
            var text = profile.TextEncoding.GetString(source.Slice(at, kept)).TrimEnd(' ', '\t', '\u001A');
            if (text.Trim('\0').Length > 0)
            {
                yield return new ImportLine(text, number, kept < end, isEnded);
            }

            at = !isEnded ? end : source[end] == '\r' && source[end + 1] == '\n' ? end + 2 : end + 1;
        }
    }
}
