using System.Buffers;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats.MsMail;

/// <summary>Reads directory synchronisation mail. The subject is never looked at: its layout differs and it is cut (Q162841).</summary>
public static class DirsyncReader
{
    private const string Head = "[dirsync]";
    private const string RecordsHead = "[dirsync-transactions]";
    private const int MostKeys = 100;

    /// <summary>Reads what the text says about itself, up to its records.</summary>
    public static DirsyncMessage Read(ReadOnlySequence<byte> body, MsMailProfile profile)
    {
        var keys = new List<KeyValuePair<string, string>>();
        var said = new List<ImportFault>();
        ImportFault? strange = null;
        var isOpen = false;
        foreach (var line in new ImportLines(new ByteSource(body), profile).All())
        {
            var text = line.Text.Trim();
            if (DirsyncLogLine.TryRead(text, out var told))
            {
                if (said.Count < MostKeys)
                {
                    said.Add(new ImportFault(told.Number, line.Number, told.Text));
                }
            }
            else if (!isOpen)
            {
                isOpen = strange is null && text.Equals(Head, StringComparison.OrdinalIgnoreCase);
                strange ??= isOpen ? null : new ImportFault(124, line.Number, $"Line {line.Number} is not {Head}, with which the text of a synchronisation mail begins.");
            }
            else if (text is ['[', ..])
            {
                break;
            }
            else if (text.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && keys.Count < MostKeys)
            {
                keys.Add(KeyValuePair.Create(text[..equals].Trim().ToUpperInvariant(), text[(equals + 1)..].Trim()));
            }
        }

        // What a server refuses it says in the words of its log (Q96004), with the keys or without.
        return isOpen ? Of(keys, said)
            : said.Count > 0 ? new DirsyncMessage { Faults = said }
            : Faulty(strange ?? new ImportFault(124, 0, $"The text is empty; a synchronisation mail begins with {Head}."));
    }

    /// <summary>The records that follow in the text; none when there is no such part.</summary>
    public static IEnumerable<ImportRecord> BodyRecords(ReadOnlySequence<byte> body, MsMailProfile profile) => Records(body, profile, mustBegin: false);

    /// <summary>The records of the attachment. One that does not begin as it must has none, and says so in a record of its own (124).</summary>
    public static IEnumerable<ImportRecord> AttachedRecords(ReadOnlySequence<byte> attachment, MsMailProfile profile) => Records(attachment, profile, mustBegin: true);

    private static IEnumerable<ImportRecord> Records(ReadOnlySequence<byte> text, MsMailProfile profile, bool mustBegin)
    {
        var source = new ByteSource(text);
        var start = StartOf(source, profile, mustBegin);
        if (start >= 0)
        {
            return ImportTextReader.Read(source.Slice(start, source.Length), profile);
        }

        return !mustBegin
            ? []
            : [new ImportRecord
            {
                Action = ImportAction.Unknown,
                Faults = [source.Length == 0
                    ? new ImportFault(116, 0, "The attachment with the records is empty.")
                    : new ImportFault(124, 1, $"The attachment does not begin with {RecordsHead}; its records cannot be trusted.")],
            }];
    }

    // Behind the heading of the records, or -1.
    private static long StartOf(ByteSource source, MsMailProfile profile, bool mustBegin)
    {
        for (long at = 0; at < source.Length;)
        {
            var end = source.IndexOfAny("\r\n"u8, at, source.Length);
            end = end < 0 ? source.Length : end;
            var text = profile.TextEncoding.GetString(source.Slice(at, Math.Min(end, at + 200))).Trim(' ', '\t', '\u001A', '\0');
            if (text.Equals(RecordsHead, StringComparison.OrdinalIgnoreCase))
            {
                return end;
            }

            if (mustBegin && text.Length > 0)
            {
                return -1;
            }

            at = end + 1;
        }

        return -1;
    }

    private static DirsyncMessage Of(List<KeyValuePair<string, string>> keys, List<ImportFault> said)
    {
        var values = keys.DistinctBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var task = values.GetValueOrDefault("TASK", "");
        var kind = task.ToUpperInvariant() switch { "" => DirsyncTask.None, "EXPORT" => DirsyncTask.Export, "IMPORTREQ" => DirsyncTask.ImportRequest, _ => DirsyncTask.Unknown };
        var faults = new List<ImportFault>(said);
        if (kind == DirsyncTask.Unknown)
        {
            faults.Add(new ImportFault(155, 0, $"The task “{task}” is not known; EXPORT and IMPORTREQ are."));
        }

        return new DirsyncMessage
        {
            Task = kind,
            TaskText = task,
            Requestor = values.GetValueOrDefault("REQNAME") ?? values.GetValueOrDefault("NAME", ""),
            Types = [.. values.GetValueOrDefault("TYPES", "").ToUpperInvariant().Split(['|', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
            WantsTemplate = values.GetValueOrDefault("TEMPLATE", "").ToUpperInvariant() switch { "YES" => true, "NO" => false, _ => null },
            Form = values.GetValueOrDefault("TRANSACTIONS", "").ToUpperInvariant() switch
            {
                "INBODY" => TransactionForm.InBody,
                "INATTACHMENT" => TransactionForm.InAttachment,
                "INTERNAL" => TransactionForm.Internal,
                _ => TransactionForm.Unknown,
            },
            ServerSequence = Number(values, "SRVSEQ", faults),
            RequestorSequence = Number(values, "REQSEQ", faults),
            ImportSequence = Number(values, "IMPSEQ", faults),
            Keys = keys,
            Faults = faults,
        };
    }

    private static long? Number(Dictionary<string, string> values, string key, List<ImportFault> faults)
    {
        if (!values.TryGetValue(key, out var text))
        {
            return null;
        }

        if (text.Length <= 18 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        faults.Add(new ImportFault(124, 0, $"{key} is “{text}”, which is no number."));
        return null;
    }

    private static DirsyncMessage Faulty(ImportFault fault) => new() { Faults = [fault] };
}
