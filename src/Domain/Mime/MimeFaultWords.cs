namespace Postern.Domain.Mime;

/// <summary>Says in a sentence what is wrong with a message: the same one on every page.</summary>
public static class MimeFaultWords
{
    /// <summary>One sentence for each fault among the flags.</summary>
    public static IEnumerable<string> Of(MimeFaults faults) =>
        Enum.GetValues<MimeFaults>().Where(fault => fault != MimeFaults.None && faults.HasFlag(fault)).Select(Sentence);

    private static string Sentence(MimeFaults fault) => fault switch
    {
        MimeFaults.HeaderTooLong => "The header is longer than any program writes; its last fields were passed over.",
        MimeFaults.TooManyParts => "There are more parts than are taken apart; the last one holds the rest.",
        MimeFaults.TooDeep => "Parts are nested deeper than they are taken apart; the inner ones stay one block.",
        MimeFaults.BoundaryMissing => "The boundary of the parts is missing; they stay one block.",
        MimeFaults.FinalBoundaryMissing => "The last boundary never comes: the message may have been cut.",
        MimeFaults.BoundaryInHeader => "A boundary stands inside a header.",
        MimeFaults.BlankLineMissing => "The blank line between header and body is missing.",
        MimeFaults.FieldMalformed => "A line of the header is no field.",
        MimeFaults.FieldDuplicated => "A field that may stand once stands more than once; the first counts.",
        MimeFaults.BadContentType => "The Content-Type cannot be read; the part is taken as plain text.",
        MimeFaults.UnknownEncoding => "The transfer encoding is not known; the bytes are kept as they are.",
        MimeFaults.EncodedContainer => "A part with parts inside is encoded, which is not allowed; it stays one block.",
        MimeFaults.BadEncodedData => "Characters do not belong to the transfer encoding; they are skipped or taken literally.",
        MimeFaults.EncodedDataCut => "The encoded data ends in the middle.",
        MimeFaults.UnknownCharset => "The character set is not known; the text is read as windows-1252.",
        MimeFaults.BadCharacters => "Bytes are no characters of the named set.",
        MimeFaults.BadParameter => "A parameter cannot be read.",
        MimeFaults.BadAddress => "An address cannot be read.",
        MimeFaults.TooManyAddresses => "There are more addresses than are read.",
        MimeFaults.BadDate => "The date cannot be read.",
        MimeFaults.TextCut => "A text is longer than what is shown.",
        _ => "The delivery report lacks fields that it must have.",
    };
}
