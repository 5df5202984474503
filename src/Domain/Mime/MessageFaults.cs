namespace Postern.Domain.Mime;

/// <summary>One thing that is wrong with what was read.</summary>
/// <param name="Offset">Where, in bytes from the start of what was read.</param>
/// <param name="Sentence">What, for a person.</param>
/// <param name="Part">The part it is in, by its place among those that hold content; 0 for none of them.</param>
public sealed record PlacedFault(long Offset, string Sentence, int Part = 0);

/// <summary>Finds everything that is wrong with a message, in its structure and in the data of its parts.</summary>
public static class MessageFaults
{
    private const int Most = 100;
    private const int LongestTextLookedAt = 200_000;

    /// <summary>All faults in the order of the content, at most a hundred.</summary>
    public static IReadOnlyList<PlacedFault> Of(MimeMessage message)
    {
        var found = message.FaultList.SelectMany(fault => MimeFaultWords.Of(fault.Kind).Select(sentence => new PlacedFault(fault.Offset, sentence))).ToList();
        var number = 0;
        foreach (var leaf in Leaves(message.Root))
        {
            number++;
            found.AddRange(MimeFaultWords.Of(DataFaults(leaf)).Select(sentence => new PlacedFault(leaf.BodyRange.Offset, sentence, number)));
        }

        return [.. found.Distinct().OrderBy(fault => fault.Offset).Take(Most)];
    }

    /// <summary>The data of a part cannot be had as it was sent.</summary>
    public static bool IsDamaged(MimePart part) => (DataFaults(part) & (MimeFaults.BadEncodedData | MimeFaults.EncodedDataCut | MimeFaults.UnknownEncoding)) != 0
        || (part.Faults & (MimeFaults.BoundaryMissing | MimeFaults.EncodedContainer | MimeFaults.TooManyParts | MimeFaults.TooDeep)) != 0;

    /// <summary>The parts that hold content, in its order; a message inside the message is one of them.</summary>
    public static IEnumerable<MimePart> Leaves(MimePart part) =>
        part.ContentType.IsMultipart && !part.IsOpaque ? part.Children.SelectMany(Leaves) : [part];

    private static MimeFaults DataFaults(MimePart part)
    {
        var faults = part.CountDecoded().Faults;
        return part.ContentType.IsText ? faults | (part.ReadText(LongestTextLookedAt).Faults & ~MimeFaults.TextCut) : faults;
    }
}
