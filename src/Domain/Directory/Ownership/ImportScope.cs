using Postern.Domain.Addresses;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Ownership;

/// <summary>Which entries of a partner are taken into our directory, and where they are put.</summary>
public sealed record ImportScope
{
    public required string Partner { get; init; }

    /// <summary>Address patterns with <c>*</c>, of which one must fit; empty for all. Nothing that we own is ever held against them (Q153487).</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Address patterns that are left out.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>The trust level that imported entries get.</summary>
    public int Trust { get; init; } = 20;

    /// <summary>The container of imported entries.</summary>
    public string Container { get; init; } = "";

    /// <summary>Containers for single homes, by their key (Q146104).</summary>
    public IReadOnlyDictionary<string, string> Containers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether an entry is taken; where it is not, why not. One row that is not never keeps the next from being taken.</summary>
    public bool Takes(PartnerEntry entry, OwnershipTable ownership, out string fault)
    {
        fault = "";
        if (entry.Kind == RowKind.PostOffice)
        {
            fault = $"{entry.Name} is a post office; routing knows it.";
        }
        else if (!ownership.MayGive(Partner, entry.Address, out fault))
        {
            return false;
        }
        else if (Only.Count > 0 && !Only.Any(pattern => Fits(entry.Address, pattern)))
        {
            fault = $"{entry.Address} fits none of the patterns that are taken from {Partner}.";
        }
        else if (Except.FirstOrDefault(pattern => Fits(entry.Address, pattern)) is { } except)
        {
            fault = $"{entry.Address} fits {except}, which is not taken from {Partner}.";
        }

        return fault.Length == 0;
    }

    /// <summary>Where an entry of that address is put.</summary>
    public string ContainerOf(MailAddress address) => Containers.GetValueOrDefault(address.HomeKey, Container);

    private static bool Fits(MailAddress address, string pattern)
    {
        var text = NameKey.Fold(address.Text);
        var parts = NameKey.Fold(pattern).Split('*');
        if (parts.Length == 1)
        {
            return text == parts[0];
        }

        if (!text.StartsWith(parts[0], StringComparison.Ordinal) || !text.AsSpan(parts[0].Length).EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        var at = parts[0].Length;
        foreach (var part in parts.AsSpan(1, parts.Length - 2))
        {
            var found = text.IndexOf(part, at, text.Length - parts[^1].Length - at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + part.Length;
        }

        return true;
    }
}
