using System.Buffers;
using System.Globalization;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Writes MS Mail's import text: fixed columns, types in capitals, an M always in two lines (Q152424), no comments and no empty lines.</summary>
public static class ImportTextWriter
{
    /// <summary>The type of native addresses in import text; message files have another (Q106623).</summary>
    public const string WrittenType = "PCM";

    /// <summary>Writes the records one after the other; the losses name what could not be written as it is.</summary>
    /// <param name="withNumbers">Puts the number of each record before it, as synchronisation does.</param>
    public static IReadOnlyList<ConversionLoss> Write(IEnumerable<ImportRecord> records, MsMailProfile profile, bool withNumbers, IBufferWriter<byte> output)
    {
        var losses = new List<ConversionLoss>();
        foreach (var record in records)
        {
            foreach (var line in Lines(record, profile, withNumbers, losses))
            {
                output.Write(profile.TextEncoding.GetBytes(line));
                output.Write("\r\n"u8);
            }
        }

        return losses;
    }

    /// <summary>An address as import text has it: a native one as PCM, another under its own type in capitals (Q157712).</summary>
    public static string Written(MsMailAddressText address) => address.IsNative ? $"{WrittenType}:{address.Text.Replace('\\', '/')}" : $"{address.Type}:{address.Text}";

    private static IEnumerable<string> Lines(ImportRecord record, MsMailProfile profile, bool withNumbers, List<ConversionLoss> losses)
    {
        if (!record.IsUsable)
        {
            losses.Add(ConversionLoss.Of(LossKind.Dropped, "directory record", $"{record.Alias} {record.Address}", ""));
            yield break;
        }

        var number = withNumbers && record.Number is { } known ? $"{known.ToString("D10", CultureInfo.InvariantCulture)} " : "";
        var address = Line("address", Written(record.Address), profile, losses);
        if (record.Action is ImportAction.Replace or ImportAction.Template)
        {
            yield return $"{number}{Letter(record.Action)} {address}";
        }
        else
        {
            yield return $"{number}{Letter(record.Action)} {Columns(Alias(record.Alias, profile, losses), profile)} {address}";
        }

        if (record.Action == ImportAction.Modify)
        {
            var alias = record.NewAlias.Length > 0 ? record.NewAlias : record.Alias;
            yield return $"  {Columns(Alias(alias, profile, losses), profile)} {Line("address", Written(record.NewAddress ?? record.Address), profile, losses)}";
        }

        foreach (var field in record.Fields)
        {
            var parts = new[] { field.Prompt, field.Start.ToString(CultureInfo.InvariantCulture), field.Width.ToString(CultureInfo.InvariantCulture), field.Edit, field.Default, field.Internal };
            yield return $" {string.Join('~', parts.Select(part => Line("template", part.Replace('~', '-'), profile, losses)))}";
        }

        if (record.Action is ImportAction.Add or ImportAction.Modify)
        {
            foreach (var (prompt, value) in record.Values)
            {
                yield return Line("field", ImportEntryText.Value(prompt, value), profile, losses);
            }
        }
    }

    private static char Letter(ImportAction action) => action switch
    {
        ImportAction.Add => 'A',
        ImportAction.Delete => 'D',
        ImportAction.Modify => 'M',
        ImportAction.Replace => 'R',
        _ => 'T',
    };

    private static string Alias(string alias, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var held = FullName.Hold(alias, profile.CodePage, out var isExact);
        if (!isExact)
        {
            losses.Add(ConversionLoss.Of(held.Length < alias.Length ? LossKind.Shortened : LossKind.Characters, "full name", alias, held));
        }

        return held;
    }

    private static string Columns(string alias, MsMailProfile profile) =>
        alias + new string(' ', Math.Max(0, FullName.Longest - profile.TextEncoding.GetByteCount(alias)));

    private static string Line(string what, string text, MsMailProfile profile, List<ConversionLoss> losses) => SingleLine.Of(what, text, profile.CodePage, losses);
}
