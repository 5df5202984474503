using System.Buffers;
using System.Text;

namespace Postern.Domain.Formats.CcMail;

/// <summary>The database generation of a post office; it decides which Import and Export serve it.</summary>
public enum CcMailDatabase
{
    /// <summary>cc:Mail up to release 5, Import 5.15 and Export 5.14.</summary>
    DB6,

    /// <summary>Release 6 and later, needs <c>IE.RI</c>.</summary>
    DB8,
}

/// <summary>
/// Everything about one post office that decides how its files are read and written. Defaults are those of the original connector.
/// </summary>
public sealed record CcMailProfile
{
    /// <summary>The post office's OEM code page, always passed explicitly (Q255882); 850 for Western Europe, 437 for the US, 932 for Japan.</summary>
    public int CodePage { get; init; } = 850;

    /// <summary>How sizes are written; follow what <see cref="LearnedModel"/> finds in the peer's own files.</summary>
    public SizeModel SizeModel { get; init; } = SizeModel.A;

    /// <summary>DB8 shows a sender's display name in quotes before the internet address (Q179677); DB6 gets the address alone.</summary>
    public CcMailDatabase Database { get; init; } = CcMailDatabase.DB8;

    /// <summary>The site as cc:Mail knows it: the post office name of the backbone site, used for a sender that has none (Q192594).</summary>
    public string SitePostOffice { get; init; } = "SITE1";

    /// <summary>Import 8.3 never takes a subject that holds both brackets: the pair becomes parentheses (Q234350).</summary>
    public bool ReplacesSubjectBrackets { get; init; } = true;

    /// <summary>"Use long filename": off sends 8.3 names (Q190297, Q192593).</summary>
    public bool UsesLongFileNames { get; init; }

    /// <summary>"Version 8 Attachment Format": on leaves date and time off the title of a file (Q195203).</summary>
    public bool UsesVersion8AttachmentFormat { get; init; }

    /// <summary>"Locale Date Format": the order of day, month and year in both directions (Q180641).</summary>
    public DateOrder DateOrder { get; init; } = DateOrder.MonthDayYear;

    /// <summary>12 hours with AM/PM in <c>Date:</c> instead of 24 hours; titles of files always have AM/PM (Q166610).</summary>
    public bool UsesTwelveHours { get; init; }

    /// <summary>"Max Address Buffer Size": header bytes the programs take, 4,096 or 163,840 from release 8.2x on (Q166499, Q266711).</summary>
    public int MaxAddressBufferSize { get; init; } = 4_096;

    /// <summary>"Use ANR": recipients are written without their post office (Q184052).</summary>
    public bool UsesNameResolution { get; init; }

    /// <summary>Bytes a text item may hold; a longer body becomes the file item <c>Unnamed.txt</c> (Q190555).</summary>
    public int TextItemLimit { get; init; } = 20_000;

    /// <summary>Items of the user in one message: 20 less room for header and warning items.</summary>
    public int ItemLimit { get; init; } = 17;

    /// <summary>Bytes after which a text line is broken on a blank (Q125246); 79 for old clients.</summary>
    public int LineLimit { get; init; } = 250;

    /// <summary>Highlight codes 0x1E and 0x1F and the byte after each are dropped from text that is read (Q181130).</summary>
    public bool StripsHighlight { get; init; } = true;

    /// <summary>MacBinary II wrappers of Macintosh files are taken off on reading when their checksum is right (Q168300).</summary>
    public bool UnwrapsMacBinary { get; init; } = true;

    /// <summary>Writes <c>Priority:</c>; off, because no public sample shows that IMPORT takes it.</summary>
    public bool WritesPriority { get; init; }

    /// <summary>Header bytes a written message must stay below: the limit less the original's margin (3,500 of 4,096).</summary>
    public int HeaderLimit => Math.Max(1_000, MaxAddressBufferSize - 596);

    /// <summary>Recipients per message: 180 of 200 where the 4 KB limit holds, else bounded by bytes alone.</summary>
    public int RecipientLimit => MaxAddressBufferSize <= 4_096 ? 180 : int.MaxValue;

    /// <summary>The code page without best-fit mapping: what has no exact place is replaced visibly (Q174725).</summary>
    public Encoding TextEncoding => OemText.Page(CodePage);

    /// <summary>Text of the post office's files, without highlight codes where the profile says so.</summary>
    public string Decode(ReadOnlySequence<byte> bytes) => StripsHighlight && Highlight.IsPresent(bytes)
        ? TextEncoding.GetString(Highlight.Strip(bytes.ToArray()))
        : TextEncoding.GetString(bytes);
}
