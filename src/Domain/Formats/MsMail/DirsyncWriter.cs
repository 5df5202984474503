using System.Buffers;
using System.Globalization;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.MsMail;

/// <summary>How one directory synchronisation server wants to be spoken to, where public documents leave it open.</summary>
public sealed record DirsyncProfile
{
    /// <summary>The key of the requestor's name in an export, as it was printed (Q106623).</summary>
    public string ExportNameKey { get; init; } = "REQNAME";

    /// <summary>The key of the requestor's name in an import request, as it was printed (Q118298).</summary>
    public string ImportNameKey { get; init; } = "NAME";

    /// <summary>The key of the password; empty, because it is not public: the requestor is registered without one.</summary>
    public string PasswordKey { get; init; } = "";

    /// <summary>Sends REQSEQ and IMPSEQ too; off, because no printed request has them.</summary>
    public bool SendsAllSequences { get; init; }
}

/// <summary>Writes the mails of a foreign requestor.</summary>
public static class DirsyncWriter
{
    /// <summary>The name of the attachment with records.</summary>
    public const string AttachmentName = "TMPTRANS.GLB";

    /// <summary>The subject of a foreign requestor's mail (Q118298).</summary>
    public const string Subject = "Directory Exchange Profile";

    /// <summary>An export with its records in the text; the losses name what could not be written.</summary>
    /// <param name="requestor">NETWORK/POSTOFFICE of ours, as the server has it registered.</param>
    public static IReadOnlyList<ConversionLoss> WriteExport(
        string requestor, IEnumerable<ImportRecord> records, DirsyncProfile dialect, MsMailProfile profile, string password, IBufferWriter<byte> output)
    {
        Head(output, profile, "EXPORT", dialect.ExportNameKey, requestor, dialect, password);
        Line(output, profile, "TRANSACTIONS=INBODY");
        Line(output, profile, "");
        Line(output, profile, "[DIRSYNC-TRANSACTIONS]");
        return ImportTextWriter.Write(records, profile, withNumbers: true, output);
    }

    /// <summary>An export whose records travel in an attachment: lines of a text are broken by the programs at 78 columns, and a record has more (Q111860).</summary>
    public static void WriteExport(string requestor, DirsyncProfile dialect, MsMailProfile profile, string password, IBufferWriter<byte> output)
    {
        Head(output, profile, "EXPORT", dialect.ExportNameKey, requestor, dialect, password);
        Line(output, profile, "TRANSACTIONS=INATTACHMENT");
    }

    /// <summary>The line with which an attachment of records begins.</summary>
    public static void BeginAttachment(MsMailProfile profile, IBufferWriter<byte> output) => Line(output, profile, "[DIRSYNC-TRANSACTIONS]");

    /// <summary>A request for the records after <paramref name="serverSequence"/>; 0 asks for everything. Records come in an attachment (Q123857).</summary>
    public static void WriteImportRequest(
        string requestor, IEnumerable<string> types, bool wantsTemplate, long serverSequence, long requestorSequence, long importSequence,
        DirsyncProfile dialect, MsMailProfile profile, string password, IBufferWriter<byte> output)
    {
        Head(output, profile, "IMPORTREQ", dialect.ImportNameKey, requestor, dialect, password);
        Line(output, profile, $"TYPES={string.Join('|', types.Select(type => type.ToUpperInvariant()))}");
        Line(output, profile, $"TEMPLATE={(wantsTemplate ? "YES" : "NO")}");
        Line(output, profile, $"SRVSEQ={Ten(serverSequence)}");
        if (dialect.SendsAllSequences)
        {
            Line(output, profile, $"REQSEQ={Ten(requestorSequence)}");
            Line(output, profile, $"IMPSEQ={Ten(importSequence)}");
        }

        Line(output, profile, "TRANSACTIONS=INATTACHMENT");
    }

    private static void Head(IBufferWriter<byte> output, MsMailProfile profile, string task, string nameKey, string requestor, DirsyncProfile dialect, string password)
    {
        Line(output, profile, "[DIRSYNC]");
        Line(output, profile, $"TASK={task}");
        Line(output, profile, $"{nameKey}={ImportTextWriter.WrittenType}:{requestor}");
        if (dialect.PasswordKey.Length > 0 && password.Length > 0)
        {
            Line(output, profile, $"{dialect.PasswordKey}={password}");
        }
    }

    private static void Line(IBufferWriter<byte> output, MsMailProfile profile, string text)
    {
        output.Write(profile.TextEncoding.GetBytes(SingleLine.Of("line", text, profile.CodePage, [])));
        output.Write("\r\n"u8);
    }

    private static string Ten(long number) => number.ToString("D10", CultureInfo.InvariantCulture);
}
