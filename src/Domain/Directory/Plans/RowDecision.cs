using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Plans;

/// <summary>What an operator decided about one entry in one directory; each cycle applies it before names are compared, so it stays.</summary>
/// <param name="Identity">Whose row it is.</param>
/// <param name="Name">The name it has there instead of its own; empty for its own.</param>
/// <param name="Values">Values it has there instead of its own; an empty value leaves one out.</param>
/// <param name="IsLeftOut">The entry is not listed there at all.</param>
public sealed record RowDecision(string Identity, string Name = "", RowValues? Values = null, bool IsLeftOut = false)
{
    /// <summary>The row as it was decided; false with a sentence where the directory cannot hold it.</summary>
    public bool TryApply(DirectoryRow row, NameRule rule, out DirectoryRow decided, out string fault)
    {
        decided = row;
        fault = "";
        var values = Values is null ? row.Values : Values.All().Aggregate(row.Values, (all, value) => all.With(value.Key, value.Value));
        if (Name.Length == 0)
        {
            decided = row with { Values = values };
            return true;
        }

        if (!MailAddress.TryParse(row.Address, out var address, out fault) || !rule.TryHold(Name, address, out var held, out fault))
        {
            return false;
        }

        decided = row with { Key = held.Key, Name = held.Name, Values = values };
        return true;
    }

    /// <summary>
    /// A row of a plan with another name or other values: the changed row, and the decision that makes the next cycle agree with it. A row that
    /// is edited to what is held already proposes nothing; null then.
    /// </summary>
    public bool TryEdit(Change change, NameRule rule, out Change? edited, out string fault)
    {
        edited = null;
        if (change.After is not { } after)
        {
            fault = "A row that leaves the directory has nothing to edit; reject it instead.";
            return false;
        }

        if (!TryApply(after, rule, out var decided, out fault))
        {
            return false;
        }

        edited = DirectoryMerge.ChangeOf(change.Before, decided, rule.SpellingCounts);
        return true;
    }
}
