namespace Postern.Domain.Access;

/// <summary>The one table of which role grants which right.</summary>
public static class RoleRights
{
    private static readonly Dictionary<Role, Right[]> Granted = new()
    {
        [Role.Viewer] = [Right.View],
        [Role.Operator] = [Right.View, Right.ActOnQueue, Right.RunConnectors],
        [Role.DirectoryApprover] = [Right.View, Right.ApproveDirectory],
        [Role.RoutingEditor] = [Right.View, Right.EditRouting],
        [Role.Administrator] = Enum.GetValues<Right>(),
    };

    /// <summary>Does the role grant the right?</summary>
    public static bool Grants(this Role role, Right right) => Granted[role].Contains(right);

    /// <summary>Does any of the roles grant it?</summary>
    public static bool Grant(this IEnumerable<Role> roles, Right right) => roles.Any(role => role.Grants(right));

    /// <summary>The role as it is written in the database, the command line and on the screen: <c>directory approver</c>.</summary>
    public static string ToWord(this Role role) => role switch
    {
        Role.DirectoryApprover => "directory approver",
        Role.RoutingEditor => "routing editor",
        _ => role.ToString().ToLowerInvariant(),
    };

    /// <summary>Reads a role as <see cref="ToWord"/> writes it; a hyphen will do for the blank.</summary>
    public static bool TryParse(string text, out Role role)
    {
        foreach (var known in Enum.GetValues<Role>())
        {
            if (text.Trim().Replace('-', ' ').Equals(known.ToWord(), StringComparison.OrdinalIgnoreCase))
            {
                role = known;
                return true;
            }
        }

        role = Role.Viewer;
        return false;
    }

    /// <summary>What the right allows, as the rest of «may not …».</summary>
    public static string InWords(this Right right) => right switch
    {
        Right.View => "look at anything",
        Right.ActOnQueue => "act on the queue",
        Right.RunConnectors => "run connectors",
        Right.ApproveDirectory => "change the directory",
        Right.EditRouting => "edit routing",
        Right.Configure => "change the configuration",
        _ => "manage people",
    };

    /// <summary>The least role that grants it.</summary>
    public static Role LeastRole(this Right right) => Enum.GetValues<Role>().First(role => role.Grants(right));
}
