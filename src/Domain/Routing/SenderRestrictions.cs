using Postern.Domain.Addresses;
using Postern.Domain.Directory;

namespace Postern.Domain.Routing;

/// <summary>Some senders: one address, a domain, or a pattern, as an administrator writes it on a line.</summary>
/// <param name="Type">SMTP, CCMAIL or MS.</param>
/// <param name="Pattern">As in an address space.</param>
public sealed record SenderPattern(string Type, string Pattern)
{
    private static readonly string[] Types = [SmtpAddress.TypeName, CcMailAddress.TypeName, MsMailAddress.TypeName];

    /// <summary>Reads a line: <c>jane@site1.example</c>, <c>*.site1.example</c>, <c>CCMAIL:* at SALES</c>, <c>MS:NET/PO/*</c>.</summary>
    public static bool TryParse(string line, out SenderPattern pattern, out string fault)
    {
        var text = line.Trim();
        var type = Types.FirstOrDefault(type => text.StartsWith(type + ":", StringComparison.OrdinalIgnoreCase));
        pattern = new SenderPattern(type ?? SmtpAddress.TypeName, type is null ? text : text[(type.Length + 1)..].Trim());
        fault = pattern.Pattern.Length == 0 ? "the line names nobody." : AddressPattern.FaultOf(pattern.Type, pattern.Pattern) ?? "";
        return fault.Length == 0;
    }

    /// <summary>Is this address meant?</summary>
    public bool Covers(MailAddress address) => AddressPattern.Match(new AddressSpace(Type, Pattern, 1, ""), address) > 0;

    /// <inheritdoc/>
    public override string ToString() => Type == SmtpAddress.TypeName ? Pattern : $"{Type}:{Pattern}";
}

/// <summary>Who may send through a connector (Exchange 5.5 Operations, Delivery Restrictions). What is refused is refused with the reason, never dropped.</summary>
/// <param name="AcceptFrom">Only these; empty: everybody.</param>
/// <param name="RejectFrom">Not these, though <paramref name="AcceptFrom"/> has them.</param>
public sealed record SenderRestrictions(IReadOnlyList<SenderPattern> AcceptFrom, IReadOnlyList<SenderPattern> RejectFrom)
{
    /// <summary>Everybody may.</summary>
    public static readonly SenderRestrictions None = new([], []);

    /// <summary>Why this sender may not, as the end of a sentence about the connector; null when they may.</summary>
    /// <param name="sender">Null is the null sender: a report must come through, or its sender learns nothing.</param>
    public string? WhyNot(MailAddress? sender, AddressBook book)
    {
        if (sender is null || (AcceptFrom.Count == 0 && RejectFrom.Count == 0))
        {
            return null;
        }

        // Whoever is in the directory is meant by any of their addresses.
        IReadOnlyList<MailAddress> known = book.Find(sender) is { } entry ? [sender, .. entry.Addresses] : [sender];
        if (RejectFrom.FirstOrDefault(pattern => known.Any(pattern.Covers)) is { } rejected)
        {
            return $"takes no mail from {sender}: it rejects {rejected}";
        }

        return AcceptFrom.Count == 0 || AcceptFrom.Any(pattern => known.Any(pattern.Covers)) ? null : $"takes no mail from {sender}: it accepts only from those it names";
    }
}
