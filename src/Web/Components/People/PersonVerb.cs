namespace Postern.Web.Components.People;

/// <summary>What an administrator can do to an account.</summary>
public enum PersonVerb
{
    SetRoles,
    Lock,
    Unlock,
    ResetPassword,
    EndSessions,
    RequireSecondStep,
    DropSecondStep,
    ResetSecondStep,
    Remove,
}

/// <summary>An act on one account, with what it needs.</summary>
/// <param name="Reason">Kept in the audit.</param>
/// <param name="Roles">The roles to give; only for <see cref="PersonVerb.SetRoles"/>.</param>
public sealed record PersonAct(PersonVerb Verb, string Reason, IReadOnlyList<Domain.Access.Role> Roles);
