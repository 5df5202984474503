using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Merging;

/// <summary>Decides, once and for all, who has a name that several rows want.</summary>
/// <remarks>
/// Each row asks for the name it should have; where it is refused it keeps the one it has. A name takes, in this order: a row of the directory's
/// own, a row that keeps it because it was refused elsewhere, the row that an operator gave it to, the row that has it already, the first by
/// the stable order. That is deferred acceptance (Gale and Shapley): the outcome is the same whoever asks first, and asking again with
/// the outcome in place gives the same outcome.
/// </remarks>
internal sealed class NameContest(MergeRules rules)
{
    private readonly List<Contested> names = [];
    private readonly Dictionary<SortKey, Contested> byKey = [];

    public void Add(SortKey key, List<WantedRow> claims, List<PresentRow> held)
    {
        var name = new Contested(key, [.. claims.Select(row => new Claim(row))], [.. held]);
        names.Add(name);
        byKey.Add(key, name);
    }

    public IEnumerable<Change> Settle()
    {
        foreach (var claim in names.SelectMany(name => name.Claims))
        {
            Ask(claim);
        }

        return names.SelectMany(Outcome);
    }

    private void Ask(Claim claim)
    {
        var name = byKey[claim.Wanted.Row.Key];
        var refused = claim;
        if (!IsTaken(name, claim) && (name.Holder is null || IsBetter(claim, name.Holder, name.Key)))
        {
            refused = name.Holder;
            name.Holder = claim;
        }

        if (refused is not null)
        {
            StayUnder(refused);
        }
    }

    // A row that was refused keeps its old name, and whoever had hoped for that one is refused in turn.
    private void StayUnder(Claim refused)
    {
        refused.IsRefused = true;
        if (refused.Wanted.Before is { } before && before.Key != refused.Wanted.Row.Key && byKey.TryGetValue(before.Key, out var old))
        {
            old.IsKept = true;
            if (old.Holder is { } displaced && !Has(displaced, old))
            {
                old.Holder = null;
                StayUnder(displaced);
            }
        }
    }

    private bool IsTaken(Contested name, Claim claim)
    {
        if (Has(claim, name) || name.IsKept)
        {
            return name.IsKept && !Has(claim, name);
        }

        foreach (var row in name.Held)
        {
            var isOwn = row.IsOurs && row.Row.Identity == claim.Wanted.Row.Identity;
            var keeps = !row.IsOurs ? !IsAdopted(row, claim) : !isOwn && rules.Stays(row);
            if (keeps)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(Claim claim, Contested name) => claim.Wanted.Before?.Key == name.Key;

    // The directory holds this very address already, only not through us.
    private static bool IsAdopted(PresentRow row, Claim claim) => !row.IsOurs && claim.Wanted.Before is null && row.Row.AddressKey == claim.Wanted.Row.AddressKey;

    private bool IsBetter(Claim one, Claim other, SortKey key)
    {
        var given = rules.GivenNames.GetValueOrDefault(key);
        return Rank(one, given) is var a && Rank(other, given) is var b && a != b ? a < b : DirectoryRow.StableOrder(one.Wanted.Row, other.Wanted.Row) < 0;
    }

    private static int Rank(Claim claim, string? given) =>
        claim.Wanted.Row.Identity == given ? 0 : claim.Wanted.Before?.Key == claim.Wanted.Row.Key ? 1 : 2;

    private IEnumerable<Change> Outcome(Contested name)
    {
        var winner = name.Holder?.Wanted;
        foreach (var row in name.Held)
        {
            if (!row.IsOurs || row.WantedKey is not null || !rules.IsComplete)
            {
                continue;
            }

            if (winner is { Before: null } && rules.PairsByName)
            {
                winner = winner with { Before = row.Row };
                continue;
            }

            yield return new Change(ChangeClass.Delete, row.Row, null) { Gone = row.Gone };
        }

        if (winner is not null)
        {
            var before = winner.Before ?? name.Held.Find(row => IsAdopted(row, name.Holder!))?.Row;
            if (DirectoryMerge.ChangeOf(before, winner.Row, rules.Names.SpellingCounts) is { } change)
            {
                yield return change with { TakesHeldName = name.Held.Exists(row => row.Row.Identity != winner.Row.Identity && row.Row.Identity != before?.Identity) };
            }
        }

        foreach (var change in name.Claims.Where(claim => claim.IsRefused).SelectMany(claim => Refused(claim.Wanted, name)))
        {
            yield return change;
        }
    }

    private IEnumerable<Change> Refused(WantedRow wanted, Contested name)
    {
        var before = wanted.Before;
        if (before is not null && before.Key == wanted.Row.Key)
        {
            // It had the name, and an operator gave that to somebody else.
            yield return new Change(ChangeClass.Delete, before, null) { Gone = GoneReason.NameGiven };
            before = null;
        }
        else if (before is not null && StaysInItsList(before, wanted.Row)
            && DirectoryMerge.ChangeOf(before, wanted.Row with { Key = before.Key, Name = before.Name }, rules.Names.SpellingCounts) is { } change)
        {
            yield return change;
        }

        yield return new Change(ChangeClass.Collision, before, wanted.Row) { Sides = Sides(name) };
    }

    // Where each home has its own list, the old name is kept in the old list, and so is the address.
    private bool StaysInItsList(DirectoryRow before, DirectoryRow after) => !rules.Names.HasListPerHome || before.Home == after.Home;

    private static List<CollisionSide> Sides(Contested name)
    {
        var sides = new List<CollisionSide>();
        foreach (var row in name.Held.Where(row => name.Claims.TrueForAll(claim => claim.Wanted.Row.Identity != row.Row.Identity)))
        {
            sides.Add(new CollisionSide(row.Row.Identity, row.Row.Name, row.Row.Address, Holds: name.Holder is null, row.IsOurs));
        }

        sides.AddRange(name.Claims
            .Select(claim => claim.Wanted.Row)
            .OrderBy(row => row, Comparer<DirectoryRow>.Create(DirectoryRow.StableOrder))
            .Select(row => new CollisionSide(row.Identity, row.Name, row.Address, Holds: row.Identity == name.Holder?.Wanted.Row.Identity, IsOurs: true)));
        return sides;
    }

    private sealed class Claim(WantedRow wanted)
    {
        public WantedRow Wanted { get; } = wanted;

        public bool IsRefused { get; set; }
    }

    private sealed class Contested(SortKey key, List<Claim> claims, List<PresentRow> held)
    {
        public SortKey Key { get; } = key;

        public List<Claim> Claims { get; } = claims;

        public List<PresentRow> Held { get; } = held;

        /// <summary>Who has the name as far as everybody has asked.</summary>
        public Claim? Holder { get; set; }

        /// <summary>The row that has the name now stays, because it was refused another one.</summary>
        public bool IsKept { get; set; }
    }
}
