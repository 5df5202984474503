using Postern.Infrastructure.Configuration;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Connectors;

/// <summary>Says what deleting a connector would mean, and why it cannot be deleted yet.</summary>
public static class DeleteWords
{
    /// <summary>What it would mean.</summary>
    public static string Of(ConnectorItem connector, ConnectorDependents dependents) => dependents.Any
        ? $"Something depends on {connector.Name}. Deliver, return or remove its mail first, and give its post offices another way."
        : $"{connector.Name} stops, and its settings{(connector.AddressSpaces.Count > 0 ? $" and {Quantity.Of(connector.AddressSpaces.Count, "address space", "address spaces")}" : "")} are gone. Past deliveries keep its name. It cannot be taken back; the audit keeps what it was.";

    /// <summary>Why not; null when it can.</summary>
    public static string? WhyNot(string name, ConnectorDependents dependents) => dependents switch
    {
        { Deliveries: > 0 } => $"{Quantity.Of(dependents.Deliveries, "delivery waits", "deliveries wait")} for {name}.",
        { PostOffices.Count: > 0 } => $"{Quantity.Of(dependents.PostOffices.Count, "post office is", "post offices are")} reached by {name}.",
        _ => null,
    };
}
