namespace Postern.Domain.Formats.MsMail;

/// <summary>What a record of MS Mail's import text does, by the letter in its first column.</summary>
public enum ImportAction
{
    /// <summary>A letter that IMPORT does not know; the record is skipped, and only it.</summary>
    Unknown,

    /// <summary><c>A</c>.</summary>
    Add,

    /// <summary><c>D</c>.</summary>
    Delete,

    /// <summary><c>M</c>: the old name, and in a second line the new one.</summary>
    Modify,

    /// <summary><c>R</c>: empties a whole list, which the A records after it fill again.</summary>
    Replace,

    /// <summary><c>T</c>: the fields that entries of a list may have; it empties them all.</summary>
    Template,
}

/// <summary>A field of a template: <c>prompt~start~width~edit~default~internal</c>.</summary>
public sealed record ImportField(string Prompt, int Start, int Width, string Edit, string Default, string Internal);

/// <summary>What is wrong with a record, with the number that DIRSYNC.LOG has for it, so that old run-books stay right (Q96001).</summary>
public sealed record ImportFault(int Number, int Line, string Sentence);

/// <summary>A record of MS Mail's import text, which directory synchronisation carries too.</summary>
public sealed record ImportRecord
{
    public required ImportAction Action { get; init; }

    /// <summary>The number that a synchronisation gave the record; null in a plain file.</summary>
    public long? Number { get; init; }

    /// <summary>The full name, alias in the programs' words; empty for a list.</summary>
    public string Alias { get; init; } = "";

    /// <summary>The address, or for R and T the list: <c>PCM:NETWORK/POSTOFFICE</c>.</summary>
    public MsMailAddressText Address { get; init; } = MsMailAddressText.Parse("");

    /// <summary>The name after an M; empty where its second line is missing and only fields change (Q159308).</summary>
    public string NewAlias { get; init; } = "";

    /// <summary>The address after an M; null where its second line is missing.</summary>
    public MsMailAddressText? NewAddress { get; init; }

    /// <summary>The values of the list's fields, by their prompts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Values { get; init; } = [];

    /// <summary>The fields of a template.</summary>
    public IReadOnlyList<ImportField> Fields { get; init; } = [];

    /// <summary>The line it begins at, from 1.</summary>
    public int Line { get; init; }

    public IReadOnlyList<ImportFault> Faults { get; init; } = [];

    /// <summary>The end of the text stands inside the record.</summary>
    public bool IsCut { get; init; }

    /// <summary>It can be applied.</summary>
    public bool IsUsable => Action != ImportAction.Unknown && Faults.Count == 0;

    /// <summary>The list that an R or T is for, as NETWORK/POSTOFFICE; a gateway's list has none.</summary>
    public string List => Address.IsNative ? Address.Text.Trim('/') : "";
}
