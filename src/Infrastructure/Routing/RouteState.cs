using Postern.Domain.Routing;

namespace Postern.Infrastructure.Routing;

/// <summary>Routing and the knowledge of post offices at one moment, with what follows from them; each part is worked out when it is first asked for.</summary>
public sealed class RouteState
{
    private readonly Lazy<StructureProof> proof;
    private readonly Lazy<Publication> publication;
    private readonly Lazy<Requirements> requirements;

    internal RouteState(RouteModel model, long knowledgeVersion, IReadOnlyList<KnowledgeRow> rows, IReadOnlyList<PublicationOverride> overrides, IReadOnlyList<string> faults)
    {
        Model = model;
        KnowledgeVersion = knowledgeVersion;
        Rows = rows;
        Overrides = overrides;
        Faults = faults;
        proof = new Lazy<StructureProof>(() => StructureProof.Of(model));
        publication = new Lazy<Publication>(() => Publication.Of(model));
        requirements = new Lazy<Requirements>(() => new Requirements(model));
    }

    /// <summary>Version of the configuration, which is that of routing.</summary>
    public long Version => Model.Table.Version;

    /// <summary>The last act on the knowledge of post offices.</summary>
    public long KnowledgeVersion { get; }

    public RouteModel Model { get; }

    /// <summary>The stored rows with their proofs; <see cref="RequiredOf"/> has those that follow from the model, too.</summary>
    public IReadOnlyList<KnowledgeRow> Rows { get; }

    public IReadOnlyList<PublicationOverride> Overrides { get; }

    /// <summary>What could not be read and is left out, a sentence each.</summary>
    public IReadOnlyList<string> Faults { get; }

    public StructureProof Proof => proof.Value;

    public Publication Publication => publication.Value;

    /// <summary>All that a post office must know, a hub before what goes through it, each with its stored row where there is one.</summary>
    /// <param name="postOfficeKey">As in <see cref="PostOffice.Key"/>.</param>
    public IReadOnlyList<RequiredRow> RequiredOf(string postOfficeKey)
    {
        var stored = Rows.Where(row => row.Definition.OwnerKey == postOfficeKey).ToLookup(row => row.Definition.DestinationKey, StringComparer.Ordinal);
        return
        [
            .. requirements.Value.Of(postOfficeKey).Select(needed => new RequiredRow(
                needed,
                stored[needed.Definition.DestinationKey].FirstOrDefault(row => row.Definition.SaysTheSame(needed.Definition)),
                stored[needed.Definition.DestinationKey].FirstOrDefault(row => row.IsThere && !row.Definition.SaysTheSame(needed.Definition)))),
        ];
    }

    /// <summary>The post office of this key; null when there is none.</summary>
    public PostOffice? OfficeOf(string key) => Model.Table.PostOffices.FirstOrDefault(office => office.Key == key);
}

/// <summary>A definition that a post office must have.</summary>
/// <param name="Stored">Its row with the proof; null when nobody has written it down.</param>
/// <param name="Instead">What the post office is believed to have for that destination, where it is another way.</param>
public sealed record RequiredRow(Knowledge Needed, KnowledgeRow? Stored, KnowledgeRow? Instead);
