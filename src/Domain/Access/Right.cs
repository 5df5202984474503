namespace Postern.Domain.Access;

/// <summary>One thing that a person may or may not do. Every act of the product asks for exactly one.</summary>
public enum Right
{
    /// <summary>Sees every page, message and file.</summary>
    View,

    /// <summary>Changes the fate of deliveries: retry, hold, release, reroute, return, remove, fix and replay; takes operations back; confirms those of others.</summary>
    ActOnQueue,

    /// <summary>Starts, stops, drains and pauses connectors, sends canaries, takes alerts.</summary>
    RunConnectors,

    /// <summary>Decides about changes of the directory and edits its entries.</summary>
    ApproveDirectory,

    /// <summary>Edits sites, post offices, address spaces and the knowledge of post offices.</summary>
    EditRouting,

    /// <summary>Edits connectors, listeners, secrets and settings, or applies a configuration as a whole.</summary>
    Configure,

    /// <summary>Adds people, gives and takes roles, ends sessions, reads the audit.</summary>
    ManagePeople,
}
