using System.Buffers;
using System.Globalization;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Reads MS Mail's import text: what <c>IMPORT -x</c> writes, and what synchronisation carries, record by record.</summary>
/// <remarks>
/// The first character of a line decides what it is, never its length (Q151782); names and addresses are found by a tab, by their columns, or by the
/// type of the address, in this order. A record that cannot be read is told with its line and skipped, and only it (Q104687, Q194819).
/// </remarks>
public static class ImportTextReader
{
    /// <summary>Lines that are longer are no line of this format.</summary>
    public const int LineLimit = 4_096;

    private const int MostValues = 500;
    private const int MostFaults = 20;

    /// <summary>The records of a text, those with faults included.</summary>
    public static IEnumerable<ImportRecord> Read(ReadOnlySequence<byte> text, MsMailProfile profile)
    {
        var lines = new ImportLines(new ByteSource(text), profile);
        var draft = new Draft();
        foreach (var line in lines.All())
        {
            if (IsContinuation(line.Text))
            {
                draft.Continue(line);
                continue;
            }

            if (draft.TryEnd(out var ended))
            {
                yield return ended;
            }

            draft.Begin(line);
        }

        if (draft.TryEnd(out var last))
        {
            yield return last;
        }
    }

    private static bool IsContinuation(string line) => line[0] is ' ' or '-' or '\t';

    private sealed class Draft
    {
        private readonly List<KeyValuePair<string, string>> values = [];
        private readonly List<ImportField> fields = [];
        private readonly List<ImportFault> faults = [];
        private ImportRecord? record;
        private bool isEnded;

        public void Begin(ImportLine line)
        {
            isEnded = line.IsEnded;
            var (number, rest) = ImportEntryText.SplitNumber(line.Text);
            var action = rest.Length > 0 && (rest.Length == 1 || rest[1] is ' ' or '\t') ? ActionOf(rest[0]) : ImportAction.Unknown;
            // A numbered line without a letter is an add: so the server's own output was printed (Q118298).
            var body = action == ImportAction.Unknown && number is not null ? rest : rest.Length > 1 ? rest[1..] : "";
            action = action == ImportAction.Unknown && number is not null && rest.Trim().Length > 0 ? ImportAction.Add : action;
            if (line.IsCut)
            {
                Fault(21, line.Number, "is longer than any record.");
            }
            else if (action == ImportAction.Unknown)
            {
                Fault(12, line.Number, $"begins with “{rest.AsSpan(0, Math.Min(1, rest.Length))}”; A, D, M, R, T, a hyphen or a blank can stand there.");
            }

            var (alias, address) = action is ImportAction.Replace or ImportAction.Template ? ("", MsMailAddressText.Parse(body.Trim())) : ImportEntryText.Split(body);
            record = new ImportRecord { Action = action, Number = number, Alias = alias, Address = address, Line = line.Number };
            Check(alias, address, action, line.Number);
        }

        public void Continue(ImportLine line)
        {
            isEnded = line.IsEnded;
            if (record is null)
            {
                record = new ImportRecord { Action = ImportAction.Unknown, Line = line.Number };
                Fault(12, line.Number, "continues a record that does not stand there.");
            }
            else if (line.IsCut)
            {
                Fault(21, line.Number, "is longer than any record.");
            }
            else if (line.Text[0] == '-')
            {
                AddValue(line);
            }
            else if (record.Action == ImportAction.Template)
            {
                AddField(line);
            }
            else if (record.Action == ImportAction.Modify && record.NewAddress is null)
            {
                var (alias, address) = ImportEntryText.Split(line.Text[1..]);
                record = record with { NewAlias = alias, NewAddress = address };
                Check(alias, address, ImportAction.Modify, line.Number);
            }
            else if (line.Text.Trim().Length > 0)
            {
                Fault(12, line.Number, "begins with a blank and continues nothing.");
            }
        }

        public bool TryEnd(out ImportRecord ended)
        {
            ended = record is null ? null! : record with { Values = [.. values], Fields = [.. fields], Faults = [.. faults], IsCut = !isEnded && faults.Count > 0 };
            var hasOne = record is not null;
            record = null;
            values.Clear();
            fields.Clear();
            faults.Clear();
            return hasOne;
        }

        private void AddValue(ImportLine line)
        {
            if (!ImportEntryText.TryValue(line.Text, out var prompt, out var value))
            {
                Fault(22, line.Number, "is not “-prompt/information”.");
            }
            else if (values.Count < MostValues)
            {
                values.Add(KeyValuePair.Create(prompt, value));
            }
        }

        private void AddField(ImportLine line)
        {
            var parts = line.Text.Trim().Split('~');
            if (parts.Length < 4 || !Number(parts[1], out var start) || !Number(parts[2], out var width))
            {
                Fault(33, line.Number, "is not “prompt~start~width~edit~default~”.");
            }
            else if (fields.Count < MostValues)
            {
                fields.Add(new ImportField(parts[0], start, width, parts[3], parts.ElementAtOrDefault(4) ?? "", parts.ElementAtOrDefault(5) ?? ""));
            }
        }

        private void Check(string alias, MsMailAddressText address, ImportAction action, int line)
        {
            var isList = action is ImportAction.Replace or ImportAction.Template;
            if (action == ImportAction.Unknown)
            {
                return;
            }

            if (alias.Length > FullName.Longest)
            {
                Fault(72, line, $"has the full name “{alias}”, which is longer than 30 characters; it stands in columns 3 to 32 or before a tab.");
            }
            else if (!isList && alias.Length == 0)
            {
                Fault(18, line, "has no full name.");
            }
            else if (address.IsEmpty && action != ImportAction.Modify && !(isList && address.Type.Length > 0))
            {
                Fault(19, line, "has no address.");
            }
            else if (!isList && !address.IsEmpty && address.IsNative && address.Text.AsSpan().Count('/') + address.Text.AsSpan().Count('\\') != 2)
            {
                Fault(19, line, $"has the address {address}, which is not NETWORK/POSTOFFICE/MAILBOX.");
            }
            else if (address.IsNative && address.Text.Split('/', '\\').Any(part => part.Length > 10))
            {
                Fault(20, line, $"has an address of which a part is longer than 10 characters: {address}.");
            }
        }

        private void Fault(int number, int line, string sentence)
        {
            if (faults.Count < MostFaults)
            {
                faults.Add(new ImportFault(number, line, $"Line {line.ToString(CultureInfo.InvariantCulture)} {sentence}"));
            }
        }

        private static bool Number(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

        private static ImportAction ActionOf(char letter) => char.ToUpperInvariant(letter) switch
        {
            'A' => ImportAction.Add,
            'D' => ImportAction.Delete,
            'M' => ImportAction.Modify,
            'R' => ImportAction.Replace,
            'T' => ImportAction.Template,
            _ => ImportAction.Unknown,
        };
    }
}
