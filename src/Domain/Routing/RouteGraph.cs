using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>A route model as numbers: the places mail stops at, the names it can be addressed to, and who hands what to whom.</summary>
/// <remarks>
/// Place 0 is Postern, which is every shadow post office; the others are the old post offices. A name is a post office, a shadow name, or another
/// name of an old system that the directory uses. Where nothing is written down, a row follows from the model: down towards a post office
/// reached via this one, else up towards Postern. So a network of ten thousand post offices needs no hundred million rows.
/// </remarks>
internal sealed class RouteGraph
{
    public const int Postern = 0;
    public const int Nobody = -1;
    public const int UndefinedHub = -2;

    private readonly List<PostOfficeWay> ways;
    private readonly List<(string Key, string Text, int Place)> names = [];
    private readonly Dictionary<string, int> nameByKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int First, int End)> ranges;
    private readonly int[] up;
    private readonly int[] gates;
    private readonly int[] limits;
    private readonly Dictionary<int, List<Row>> rows = [];
    private readonly Dictionary<(int Owner, int Name), Knowledge> known = [];
    private readonly HashSet<(int Owner, int Name)> stale = [];

    public RouteGraph(RouteModel model)
    {
        Model = model;
        // By system, and each after the one it is reached via: what follows from the model is then settled in one pass.
        ways =
        [
            .. model.Table.Ways.OrderBy(way => way.PostOffice.System, StringComparer.Ordinal).ThenBy(way => way.Hops.Count).ThenBy(way => way.PostOffice.Key, StringComparer.Ordinal),
        ];
        limits = [0, .. ways.Select(way => model.HopLimits.GetValueOrDefault(way.PostOffice.Key))];
        foreach (var way in ways)
        {
            AddName(way.PostOffice.Key, way.PostOffice.Name, names.Count + 1);
        }

        foreach (var (system, name) in model.Table.Sites.SelectMany(ShadowNames))
        {
            AddName(PostOffice.KeyOf(system, name), name, Postern);
        }

        foreach (var home in model.Homes)
        {
            AddName(home.Face, home.Face[(home.System.Length + 1)..], Postern);
        }

        Shadows = [.. model.Table.Sites.SelectMany(ShadowNames).Select(shadow => nameByKey[PostOffice.KeyOf(shadow.System, shadow.Name)]).Where(name => names[name].Place == Postern).Distinct()];
        ranges = ways.Select((way, i) => (way.PostOffice.System, Place: i + 1)).GroupBy(pair => pair.System, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (group.Min(pair => pair.Place), group.Max(pair => pair.Place) + 1), StringComparer.Ordinal);
        gates = [Nobody, .. ways.Select(GateOf)];
        up = [Nobody, .. ways.Select(UpFrom)];
        // What is wanted goes before what is there: it was decided later.
        foreach (var row in model.Knowledge.OrderByDescending(row => row.State))
        {
            Add(row);
        }

        Network = new HomeTable(this);
    }

    public RouteModel Model { get; }

    /// <summary>Who lives where and sees whom.</summary>
    public HomeTable Network { get; }

    public IReadOnlyList<int> Shadows { get; }

    /// <summary>Postern and the post offices.</summary>
    public int Places => ways.Count + 1;

    public int Names => names.Count;

    public static int NameOf(int place) => place - 1;

    public string Text(int place) => place == Postern ? "Postern" : ways[place - 1].PostOffice.Name;

    public string Key(int place) => place == Postern ? "" : ways[place - 1].PostOffice.Key;

    public string System(int place) => ways[place - 1].PostOffice.System;

    public PostOfficeWay Way(int place) => ways[place - 1];

    public bool IsCutOff(int place) => place != Postern && ways[place - 1].Connector is null;

    public string NameText(int name) => names[name].Text;

    public string KeyOfName(int name) => names[name].Key;

    public string NameSystem(int name) => names[name].Key[..names[name].Key.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>Where mail for a name has arrived.</summary>
    public int PlaceOf(int name) => names[name].Place;

    public bool TryName(string key, out int name) => nameByKey.TryGetValue(key, out name);

    /// <summary>The shadow name by which this place, or the one it is reached via, knows us directly; nobody when there is none.</summary>
    public int Gate(int place) => IsCutOff(place) ? Nobody : gates[NameOfKey(ways[place - 1].FirstHop.Key) + 1];

    /// <summary>What the clients of a place stamp on mail for a name.</summary>
    public int HopLimit(int place, int name) => limits[place] > 0 ? limits[place] : HopLimit(name);

    /// <summary>What the system of a name allows by default.</summary>
    public int HopLimit(int name) => NameSystem(name) == MsMailAddress.TypeName ? RouteModel.MsMailHopLimit : RoutingTable.HopLimit;

    /// <summary>The hop limits that differ from the default, by place; 0 where none does.</summary>
    public int[] OwnLimits => limits;

    /// <summary>The post offices of a name's system: the first, and the one after the last.</summary>
    public (int First, int End) Range(int name) => ranges.GetValueOrDefault(NameSystem(name));

    /// <summary>Who each place hands mail for this name to.</summary>
    public void Fill(int name, bool onlyConfirmed, int[] next)
    {
        if (onlyConfirmed)
        {
            Array.Fill(next, Nobody);
        }
        else
        {
            up.CopyTo(next, 0);
        }

        if (PlaceOf(name) != Postern && Way(PlaceOf(name)) is { Connector: not null } way)
        {
            next[Postern] = NameOfKey(way.FirstHop.Key) + 1;
            for (var i = 1; i < way.Hops.Count && !onlyConfirmed; i++)
            {
                next[NameOfKey(way.Hops[i].Key) + 1] = NameOfKey(way.Hops[i - 1].Key) + 1;
            }
        }

        foreach (var row in rows.GetValueOrDefault(name) ?? [])
        {
            next[row.Owner] = row.IsConfirmed || !onlyConfirmed ? row.Next : next[row.Owner];
        }
    }

    /// <summary>The row that a post office has or needs for a name, as it is written down or as it follows from the model; null when none can be told.</summary>
    public Knowledge? RowOf(int place, int name) =>
        known.TryGetValue((place, name), out var row) ? row
        : Derived(place, name) is { } derived ? new Knowledge(derived, stale.Contains((place, name)) ? KnowledgeState.Stale : KnowledgeState.Required)
        : null;

    /// <summary>The row that follows from the model, whatever is written down.</summary>
    public Definition? Derived(int place, int name)
    {
        var next = NextByModel(place, name);
        return next < 0 || next == place ? null : new Definition(System(place), Text(place), NameText(name), ViaOf(place, name, next));
    }

    /// <summary>Who a place hands mail for a name to by the model alone: down towards a post office reached via this one, else up; nobody when neither is there.</summary>
    public int NextByModel(int place, int name)
    {
        if (PlaceOf(name) != Postern && Way(PlaceOf(name)) is { Connector: not null } way)
        {
            if (place == Postern)
            {
                return NameOfKey(way.FirstHop.Key) + 1;
            }

            for (var i = 1; i < way.Hops.Count; i++)
            {
                if (NameOfKey(way.Hops[i].Key) == NameOf(place))
                {
                    return NameOfKey(way.Hops[i - 1].Key) + 1;
                }
            }
        }

        return up[place];
    }

    /// <summary>The place a row hands mail to; undefined when nobody has defined its hub.</summary>
    public int PlaceOfHub(Definition definition) =>
        definition.IsDirect ? PlaceOf(NameOfKey(definition.DestinationKey))
        : TryName(PostOffice.KeyOf(definition.System, definition.Via), out var hub) ? PlaceOf(hub) : UndefinedHub;

    private string ViaOf(int place, int name, int next) => next switch
    {
        Postern => gates[place] == name ? "" : NameText(gates[place]),
        _ => next == PlaceOf(name) ? "" : Text(next),
    };

    private int UpFrom(PostOfficeWay way) => way switch
    {
        { Connector: null } => Nobody,
        { Hops.Count: 1 } => gates[NameOfKey(way.PostOffice.Key) + 1] == Nobody ? Nobody : Postern,
        _ => NameOfKey(way.Hops[1].Key) + 1,
    };

    private int GateOf(PostOfficeWay way)
    {
        if (way is not { Connector: { } connector, Hops.Count: 1 })
        {
            return Nobody;
        }

        var wanted = Model.Gates.GetValueOrDefault(connector.Name);
        var site = Model.Table.Sites.FirstOrDefault(site => string.Equals(site.Name, wanted, StringComparison.OrdinalIgnoreCase));
        var shadows = (site is null ? Model.Table.Sites : [site]).SelectMany(ShadowNames).Where(shadow => shadow.System == way.PostOffice.System);
        return shadows.Select(shadow => nameByKey[PostOffice.KeyOf(shadow.System, shadow.Name)]).Append(Nobody).First();
    }

    private void Add(Knowledge row)
    {
        var definition = row.Definition;
        if (!nameByKey.TryGetValue(definition.OwnerKey, out var owner) || PlaceOf(owner) == Postern || !nameByKey.TryGetValue(definition.DestinationKey, out var name))
        {
            return;
        }

        if (row.State == KnowledgeState.Stale)
        {
            stale.Add((PlaceOf(owner), name));
            return;
        }

        known[(PlaceOf(owner), name)] = row;
        if (!rows.TryGetValue(name, out var list))
        {
            rows[name] = list = [];
        }

        list.Add(new Row(PlaceOf(owner), PlaceOfHub(definition), row.State == KnowledgeState.Confirmed));
    }

    private int NameOfKey(string key) => nameByKey[key];

    private void AddName(string key, string text, int place)
    {
        if (nameByKey.TryAdd(key, names.Count))
        {
            names.Add((key, text, place));
        }
    }

    private static IEnumerable<(string System, string Name)> ShadowNames(Site site) =>
        ((string[])[CcMailAddress.TypeName, MsMailAddress.TypeName]).Select(system => (System: system, Name: site.NameIn(system))).Where(shadow => shadow.Name.Length > 0);

    private readonly record struct Row(int Owner, int Next, bool IsConfirmed);
}
