namespace Postern.Domain.Access;

/// <summary>What a key may be used for at most. What its person may not do, it may not do either.</summary>
public enum KeyScope
{
    /// <summary>Looks at deliveries, messages, connectors, events, books.</summary>
    Read,

    /// <summary>Acts on the queue, cancels operations and takes them back.</summary>
    Queue,

    /// <summary>Starts and stops connectors.</summary>
    Connectors,

    /// <summary>Records what post offices know, gives change sheets out, activates drafts of routing.</summary>
    Routing,

    /// <summary>Decides about plans of directory synchronisation.</summary>
    Directory,
}

/// <summary>The one table of which scope holds which right.</summary>
public static class KeyScopes
{
    /// <summary>The right that the scope holds.</summary>
    public static Right ToRight(this KeyScope scope) => scope switch
    {
        KeyScope.Queue => Right.ActOnQueue,
        KeyScope.Connectors => Right.RunConnectors,
        KeyScope.Routing => Right.EditRouting,
        KeyScope.Directory => Right.ApproveDirectory,
        _ => Right.View,
    };

    /// <summary>The scope as it is stored, typed and shown.</summary>
    public static string ToWord(this KeyScope scope) => scope.ToString().ToLowerInvariant();

    /// <summary>Reads a scope as <see cref="ToWord"/> writes it.</summary>
    public static bool TryParse(string text, out KeyScope scope)
    {
        foreach (var known in Enum.GetValues<KeyScope>())
        {
            if (text.Trim().Equals(known.ToWord(), StringComparison.OrdinalIgnoreCase))
            {
                scope = known;
                return true;
            }
        }

        scope = KeyScope.Read;
        return false;
    }
}
