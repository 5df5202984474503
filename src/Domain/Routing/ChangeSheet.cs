using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>What a line of a change sheet asks for.</summary>
public enum SheetAct
{
    Create, Modify, Delete,
}

/// <summary>One thing to do at a screen of the original.</summary>
/// <param name="Verb">Open, Choose, Enter or Press.</param>
public sealed record SheetStep(string Verb, string Text);

/// <summary>One row to enter, change or take out at a post office.</summary>
/// <param name="Definition">The row as it shall be; for a deletion as it is.</param>
/// <param name="Before">The row as it is, where one is changed.</param>
public sealed record SheetLine(SheetAct Act, Definition Definition, Definition? Before = null)
{
    public string Title => Act switch
    {
        SheetAct.Create => $"{Definition.Owner} must learn the way to {Definition.Destination}",
        SheetAct.Modify => $"{Definition.Owner} must take another way to {Definition.Destination}",
        _ => $"{Definition.Owner} no longer needs the way to {Definition.Destination}",
    };

    /// <summary>What to do, in the order of the original's screens.</summary>
    public IReadOnlyList<SheetStep> Steps => Definition.System == MsMailAddress.TypeName ? ScreenSteps.OfExternalAdmin(this) : ScreenSteps.OfCcMailAdmin(this);
}

/// <summary>What changed from one sheet of a post office to the next.</summary>
/// <param name="New">Lines that the earlier sheet did not have.</param>
/// <param name="Changed">Lines about a destination for which the earlier sheet asked something else.</param>
/// <param name="Gone">Lines of the earlier sheet that are done or no longer wanted.</param>
public sealed record SheetComparison(IReadOnlyList<SheetLine> New, IReadOnlyList<SheetLine> Changed, IReadOnlyList<SheetLine> Gone);

/// <summary>What to enter in External-Admin or cc:Mail Admin at one post office, in the order in which the program takes it.</summary>
/// <remarks>
/// A hub comes before what goes through it (Q169328), deletions come last and take a hub after what went through it (Notice 53, Q86625). A row
/// that the post office has is left alone as long as mail arrives by it: what its administrator made is not ours to change (Q197255).
/// </remarks>
public sealed record ChangeSheet(string System, string PostOffice, IReadOnlyList<SheetLine> Lines)
{
    /// <summary>What is still to be done at a post office.</summary>
    /// <param name="postOfficeKey">As in <see cref="Routing.PostOffice.Key"/>.</param>
    /// <param name="asked">Rows that earlier sheets asked for: of these, what nobody needs any more is taken out again.</param>
    public static ChangeSheet Of(RouteModel model, string postOfficeKey, IReadOnlyList<Definition> asked)
    {
        var office = model.Table.PostOffices.First(office => office.Key == postOfficeKey);
        var there = model.Knowledge.Where(row => row.State == KnowledgeState.Confirmed && row.Definition.OwnerKey == postOfficeKey)
            .GroupBy(row => row.Definition.DestinationKey, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Definition, StringComparer.Ordinal);
        var wanted = new Requirements(model).Of(postOfficeKey);
        var needed = wanted.Select(row => row.Definition.DestinationKey).ToHashSet(StringComparer.Ordinal);
        return new ChangeSheet(
            office.System,
            office.Name,
            [.. wanted.Select(row => LineOf(row.Definition, there.GetValueOrDefault(row.Definition.DestinationKey))).OfType<SheetLine>(), .. Deletions(asked, postOfficeKey, needed, there)]);
    }

    /// <summary>What is different from the sheet that was given out last.</summary>
    public SheetComparison Since(ChangeSheet issued)
    {
        var before = issued.Lines.ToDictionary(line => line.Definition.Key);
        var now = Lines.Select(line => line.Definition.Key).ToHashSet();
        return new SheetComparison(
            [.. Lines.Where(line => !before.ContainsKey(line.Definition.Key))],
            [.. Lines.Where(line => before.TryGetValue(line.Definition.Key, out var old) && (old.Act != line.Act || !old.Definition.SaysTheSame(line.Definition)))],
            [.. issued.Lines.Where(line => !now.Contains(line.Definition.Key))]);
    }

    /// <summary>The rows of one post office that go through a hub: they must go another way before the hub's row can be taken out (Q86625).</summary>
    public static IReadOnlyList<Definition> DependantsOf(Definition hub, IEnumerable<Definition> rows) =>
        [.. rows.Where(row => row.OwnerKey == hub.OwnerKey && !row.IsDirect && Routing.PostOffice.KeyOf(row.System, row.Via) == hub.DestinationKey)];

    private static SheetLine? LineOf(Definition wanted, Definition? there) =>
        there is null ? new SheetLine(SheetAct.Create, wanted)
        : there.SaysTheSame(wanted) ? null
        : new SheetLine(SheetAct.Modify, wanted, there);

    private static IEnumerable<SheetLine> Deletions(IReadOnlyList<Definition> asked, string owner, HashSet<string> needed, Dictionary<string, Definition> there) =>
        asked.Where(row => row.OwnerKey == owner && !needed.Contains(row.DestinationKey) && there.ContainsKey(row.DestinationKey))
            .DistinctBy(row => row.DestinationKey)
            .Select(row => there[row.DestinationKey])
            .OrderBy(row => row.IsDirect).ThenBy(row => row.DestinationKey, StringComparer.Ordinal)
            .Select(row => new SheetLine(SheetAct.Delete, row));
}
