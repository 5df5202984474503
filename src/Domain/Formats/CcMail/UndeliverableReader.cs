using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>A recipient IMPORT refused, with the reasons that could be read; none when the file gives none.</summary>
public sealed record FailedRecipient(CcMailRecipient Recipient, IReadOnlyList<string> Reasons);

/// <summary>
/// One message of an undeliverable file. When the file does not single anyone out, every recipient is named
/// (<see cref="NamesRecipients"/> is false), as the original connector did (Q184624).
/// </summary>
public sealed record UndeliverableMessage(
    CcMailMessage Original,
    IReadOnlyList<FailedRecipient> Failed,
    IReadOnlyList<string> Reasons,
    bool NamesRecipients);

/// <summary>Reads what IMPORT could not deliver and why: <c>CCMAIL.UND</c> and the connector's <c>*.und</c> (Q180641, Q193864, Q223772).</summary>
/// <remarks>
/// The place of a reason in the file is not documented: beside a recipient, in the header, between two messages or in a text are all read.
/// A reason repeated once per recipient (<c>Header Buffer Full</c>, Q166499) is told once. A block without a message yields nothing but
/// its reasons, which then belong to the message beside it.
/// </remarks>
public static class UndeliverableReader
{
    private const int ReasonLimit = 20;
    private const int ScanLimit = 65_536;

    public static IEnumerable<UndeliverableMessage> Read(ReadOnlySequence<byte> file, CcMailProfile profile) =>
        Of(ExportReader.ReadAll(file, profile), profile);

    /// <summary>The same for blocks that were read already; they must be all of one file, in order.</summary>
    public static IEnumerable<UndeliverableMessage> Of(IEnumerable<CcMailMessage> blocks, CcMailProfile profile)
    {
        CcMailMessage? waiting = null;
        var before = new List<string>();
        var after = new List<string>();
        var reasonsComeFirst = false;
        foreach (var block in blocks)
        {
            if ((block.Faults & ReadFault.Skipped) != 0)
            {
                reasonsComeFirst |= waiting is null;
                Collect(reasonsComeFirst ? before : after, block.Raw, profile);
                continue;
            }

            if (waiting is not null)
            {
                yield return Result(waiting, after, profile);
            }

            waiting = block;
            after = before;
            before = [];
        }

        if (waiting is not null)
        {
            after.AddRange(before.Where(r => !after.Contains(r)));
            yield return Result(waiting, after, profile);
        }
    }

    private static UndeliverableMessage Result(CcMailMessage message, List<string> beside, CcMailProfile profile)
    {
        var whole = new List<string>();
        AddAll(whole, message.Reasons);
        AddAll(whole, beside);
        var named = message.Recipients.Where(r => r.Reasons.Count > 0).ToList();
        if (whole.Count == 0 && named.Count == 0)
        {
            foreach (var item in message.Items.Where(i => i.Kind is ItemKind.Text or ItemKind.Other))
            {
                Collect(whole, item.Data, profile);
            }
        }

        // A full header names no one: the recipient line it stands after is only the last that was looked at
        var namesRecipients = named.Count > 0 && !named.SelectMany(r => r.Reasons).All(IsHeaderBufferFull);
        if (!namesRecipients)
        {
            AddAll(whole, named.SelectMany(r => r.Reasons));
        }

        var failed = (namesRecipients ? named : message.Recipients)
            .Select(r => new FailedRecipient(r, namesRecipients ? [.. r.Reasons.Concat(whole).Distinct()] : whole))
            .ToList();
        return new UndeliverableMessage(message, failed, whole, namesRecipients);
    }

    private static bool IsHeaderBufferFull(string reason) => reason.StartsWith("Header Buffer Full", StringComparison.OrdinalIgnoreCase);

    private static void Collect(List<string> reasons, ReadOnlySequence<byte> text, CcMailProfile profile)
    {
        var part = text.Slice(0, Math.Min(text.Length, ScanLimit));
        foreach (var line in profile.Decode(part).Split('\n'))
        {
            if (ReasonLine.TryRead(line, out var reason))
            {
                AddAll(reasons, [reason]);
            }
        }
    }

    private static void AddAll(List<string> reasons, IEnumerable<string> more)
    {
        foreach (var reason in more)
        {
            if (reasons.Count < ReasonLimit && !reasons.Contains(reason))
            {
                reasons.Add(reason);
            }
        }
    }
}
