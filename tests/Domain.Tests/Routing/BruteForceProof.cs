using Postern.Domain.Routing;

namespace Postern.Domain.Tests.Routing;

/// <summary>Walks every mail and every answer by names, one hop at a time: slow, and written apart from the proofs it is compared with.</summary>
internal sealed class BruteForceProof(RouteModel model)
{
    private const string Postern = "";

    private readonly Dictionary<string, PostOffice> offices = model.Table.PostOffices.ToDictionary(office => office.Key);
    private readonly HashSet<string> shadows = [.. model.Table.Sites.Select(site => $"CCMAIL:{site.CcMailPostOffice}"), .. model.Table.Sites.Select(site => $"MS:{site.MsMailNetwork}/{site.MsMailPostOffice}")];

    private readonly Dictionary<string, List<PostOffice>?> chains = [];
    private readonly Dictionary<(string, string, bool), bool> walked = [];
    private readonly ILookup<(string, string), Knowledge> rows = model.Knowledge.Where(row => row.State != KnowledgeState.Stale).ToLookup(row => row.Definition.Key);

    /// <summary>May this post office see that home, by what is confirmed?</summary>
    public bool Publishes(PostOffice office, Home home) => Legs(office, home).All(leg => leg.To is not null && Arrives(leg.From, leg.To, isStrict: true));

    public bool Sees(PostOffice office, Home home) => home.Face.StartsWith(office.System, StringComparison.Ordinal) && home.Native != office.Key && !model.Hidden.Contains((office.Key, home.Native));

    /// <summary>From where to which name mail is needed and does not arrive, though every row is entered; of post offices that have a way at all.</summary>
    public HashSet<(string From, string To)> Failing()
    {
        var failing = new HashSet<(string, string)>();
        foreach (var office in offices.Values)
        {
            var legs = model.Homes.Where(home => Sees(office, home)).SelectMany(home => Legs(office, home)).Append((From: Postern, To: office.Key));
            foreach (var (from, to) in legs)
            {
                if (to is not null && !(offices.TryGetValue(to, out var target) && !IsReached(target)) && !(offices.TryGetValue(from, out var sender) && !IsReached(sender))
                    && !Arrives(from, to, isStrict: false))
                {
                    failing.Add((from, to));
                }
            }
        }

        return failing;
    }

    public bool IsReached(PostOffice office) => Chain(office) is not null;

    // A mail to somebody of the home, and the answer. Who lives at no post office answers from Postern.
    private IEnumerable<(string From, string? To)> Legs(PostOffice office, Home home)
    {
        yield return (office.Key, home.Face);
        if (!offices.TryGetValue(home.Native, out var lives))
        {
            yield return (Postern, office.Key);
            yield break;
        }

        if (lives.Key != home.Face)
        {
            yield return (Postern, lives.Key);
        }

        if (lives.System == office.System)
        {
            yield return (lives.Key, office.Key);
            yield break;
        }

        var faces = model.Homes.Where(own => own.Native == office.Key && own.System == lives.System && !own.IsAlias).Select(own => own.Face).ToList();
        foreach (var face in faces.Count > 0 ? (IEnumerable<string?>)faces : [Gate(lives)])
        {
            yield return (lives.Key, face);
        }

        yield return (Postern, office.Key);
    }

    private string? Gate(PostOffice office) => Chain(office) is null ? null : shadows.First(shadow => shadow.StartsWith(office.System, StringComparison.Ordinal));

    private bool Arrives(string from, string to, bool isStrict)
    {
        if (!walked.TryGetValue((from, to, isStrict), out var arrives))
        {
            walked[(from, to, isStrict)] = arrives = Walk(from, to, isStrict);
        }

        return arrives;
    }

    private bool Walk(string from, string to, bool isStrict)
    {
        var end = offices.ContainsKey(to) ? to : Postern;
        var place = from;
        var limit = from.Length > 0 && model.HopLimits.TryGetValue(from, out var own) ? own : to.StartsWith("MS:", StringComparison.Ordinal) ? 10 : 20;
        for (var hops = 0; hops <= limit; hops++)
        {
            if (place == end)
            {
                return true;
            }

            if (Next(place, to, isStrict) is not { } next)
            {
                return false;
            }

            place = next;
        }

        return false;
    }

    private string? Next(string place, string to, bool isStrict)
    {
        if (place == Postern)
        {
            return offices.TryGetValue(to, out var target) ? Chain(target)?[^1].Key : null;
        }

        if (rows[(place, to)].Where(row => !isStrict || row.State == KnowledgeState.Confirmed).OrderBy(row => row.State).FirstOrDefault() is { Definition: var row })
        {
            var hub = row.Via.Length == 0 ? to : PostOffice.KeyOf(row.System, row.Via);
            return offices.ContainsKey(hub) ? hub : shadows.Contains(hub) || hub == to ? Postern : null;
        }

        if (isStrict || Chain(offices[place]) is not { } up)
        {
            return null;
        }

        var down = offices.TryGetValue(to, out var wanted) ? Chain(wanted)?.FindIndex(hop => hop.Key == place) ?? -1 : -1;
        return down > 0 ? Chain(wanted!)![down - 1].Key : up.Count > 1 ? up[1].Key : Postern;
    }

    private List<PostOffice>? Chain(PostOffice office)
    {
        if (!chains.TryGetValue(office.Key, out var chain))
        {
            chains[office.Key] = chain = Follow(office);
        }

        return chain;
    }

    private List<PostOffice>? Follow(PostOffice office)
    {
        var chain = new List<PostOffice> { office };
        while (chain[^1].Via.Length > 0)
        {
            if (chain.Count > 20 || !offices.TryGetValue(PostOffice.KeyOf(office.System, chain[^1].Via), out var next))
            {
                return null;
            }

            chain.Add(next);
        }

        return chain[^1].Connector.Length > 0 ? chain : null;
    }
}
