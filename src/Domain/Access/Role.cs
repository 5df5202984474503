namespace Postern.Domain.Access;

/// <summary>What somebody is here for. A person has one or several; each grants what <see cref="RoleRights"/> says.</summary>
public enum Role
{
    Viewer,
    Operator,
    DirectoryApprover,
    RoutingEditor,
    Administrator,
}
