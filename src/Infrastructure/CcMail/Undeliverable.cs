using Postern.Domain.Addresses;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>A file that a run took, as far as it matters for what IMPORT refused of it.</summary>
internal sealed record TakenMessage(string Name, IReadOnlyList<FileDelivery> Deliveries);

/// <summary>What the undeliverable files of one run say about the deliveries of that run.</summary>
/// <param name="Reasons">Per delivery IMPORT's own words; a delivery without an entry was taken.</param>
/// <param name="SetAside">Files, now in <c>Bad</c>, that speak of nothing in the run.</param>
internal sealed record Refusals(IReadOnlyDictionary<long, IReadOnlyList<string>> Reasons, IReadOnlyList<string> SetAside)
{
    public static readonly Refusals None = new(new Dictionary<long, IReadOnlyList<string>>(), []);
}

/// <summary>
/// Reads undeliverable files and finds the deliveries they speak of. They are lists of refusals, never mail to send again (Q168680); one
/// message gets one outcome however often it stands in a file (Q223772).
/// </summary>
internal static class Undeliverable
{
    private const string Extension = ".und";

    public static bool IsName(string name) => name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Is it a file that was kept of a run, named <c>RUN-BASE.und</c>?</summary>
    public static bool IsKept(string name, out long runId)
    {
        runId = 0;
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && IsName(name) && FileId.TryParse(name.AsSpan(0, dash), out runId);
    }

    /// <summary>
    /// Reads files named <c>[run-]BASE.und</c>: BASE is the name of an input file, as IMPORT does with one file, or anything else
    /// (<c>CCMAIL.UND</c>), when recipients and subject tell.
    /// </summary>
    public static Refusals Read(IReadOnlyList<string> paths, IReadOnlyList<TakenMessage> messages, CcMailProfile profile)
    {
        var reasons = new Dictionary<long, List<string>>();
        foreach (var path in paths)
        {
            using var content = MessageContent.FromFile(path, new FileInfo(path).Length, deletesFile: false);
            foreach (var refused in UndeliverableReader.Read(content.AsSequence(), profile))
            {
                if ((ByName(path, messages) ?? ByContent(refused, messages)) is { } message)
                {
                    Add(reasons, refused, message);
                }
            }
        }

        return new Refusals(reasons.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value), []);
    }

    private static TakenMessage? ByName(string path, IReadOnlyList<TakenMessage> messages)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        name = name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return messages.FirstOrDefault(message => Path.GetFileNameWithoutExtension(message.Name).Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private static TakenMessage? ByContent(UndeliverableMessage refused, IReadOnlyList<TakenMessage> messages)
    {
        var candidates = messages
            .Where(message => message.Deliveries.Any(delivery => refused.Failed.Any(failed => Names(failed.Recipient.Address, delivery))))
            .ToList();
        return candidates.Find(message => message.Deliveries.Any(delivery => IsSubject(refused.Original.Subject, delivery.Subject)))
            ?? (candidates.Count == 1 ? candidates[0] : null);
    }

    // When nobody of the file is singled out, all of it has failed: a report too many is better than silence (Q184624).
    private static void Add(Dictionary<long, List<string>> reasons, UndeliverableMessage refused, TakenMessage message)
    {
        var isAnyoneNamed = false;
        foreach (var failed in refused.Failed)
        {
            foreach (var delivery in message.Deliveries.Where(delivery => Names(failed.Recipient.Address, delivery)))
            {
                isAnyoneNamed = true;
                Add(reasons, delivery.Id, failed.Reasons);
            }
        }

        if (!isAnyoneNamed)
        {
            foreach (var delivery in message.Deliveries)
            {
                Add(reasons, delivery.Id, refused.Reasons);
            }
        }
    }

    private static void Add(Dictionary<long, List<string>> reasons, long id, IReadOnlyList<string> more)
    {
        if (!reasons.TryGetValue(id, out var known))
        {
            reasons[id] = known = [];
        }

        known.AddRange(more.Except(known, StringComparer.OrdinalIgnoreCase));
    }

    private static bool Names(CcMailAddressText found, FileDelivery delivery)
    {
        if (delivery.Written.Length > 0 && NameKey.Fold(found.Raw) == NameKey.Fold(delivery.Written))
        {
            return true;
        }

        return MailAddress.TryParse(delivery.Recipient, out var address, out _) && address is CcMailAddress recipient
            && found.TryAddress(recipient.PostOffice, out var read, out _) && read == recipient;
    }

    // IMPORT has the subject cut to its limit and in its own code page: the beginning tells.
    private static bool IsSubject(string found, string subject)
    {
        var (a, b) = (NameKey.Fold(found), NameKey.Fold(subject));
        var length = Math.Min(Math.Min(a.Length, b.Length), 30);
        return length > 0 ? a.AsSpan(0, length).SequenceEqual(b.AsSpan(0, length)) : a.Length == b.Length;
    }
}
