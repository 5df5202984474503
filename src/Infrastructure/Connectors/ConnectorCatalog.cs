namespace Postern.Infrastructure.Connectors;

/// <summary>Makes a connector of each kind from its definition. A new kind is one line here.</summary>
public sealed class ConnectorCatalog(IReadOnlyDictionary<string, Func<ConnectorDefinition, BuiltConnector>> kinds)
{
    /// <exception cref="InvalidOperationException">The kind is not known, or its settings do not hold.</exception>
    public BuiltConnector Build(ConnectorDefinition definition) =>
        kinds.TryGetValue(definition.Kind, out var build)
            ? build(definition)
            : throw new InvalidOperationException($"There is no connector of the kind {definition.Kind}.");
}
