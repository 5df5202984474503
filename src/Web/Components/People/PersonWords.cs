using Postern.Domain.Access;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Components.People;

/// <summary>How accounts and the acts on them are called on the screen.</summary>
public static class PersonWords
{
    /// <summary>The button that leads to the act.</summary>
    public static string Button(PersonVerb verb) => verb switch
    {
        PersonVerb.SetRoles => "Save roles",
        PersonVerb.Lock => "Lock…",
        PersonVerb.Unlock => "Unlock",
        PersonVerb.ResetPassword => "Reset password…",
        PersonVerb.EndSessions => "End sessions…",
        PersonVerb.RequireSecondStep => "Require a second step",
        PersonVerb.DropSecondStep => "Require no second step",
        PersonVerb.ResetSecondStep => "Reset second step…",
        _ => "Remove…",
    };

    /// <summary>The button that does it, with the name.</summary>
    public static string Deed(PersonVerb verb, string name) => verb switch
    {
        PersonVerb.Lock => $"Lock {name}",
        PersonVerb.ResetPassword => $"Reset the password of {name}",
        PersonVerb.EndSessions => $"End the sessions of {name}",
        PersonVerb.ResetSecondStep => $"Reset the second step of {name}",
        _ => $"Remove {name}",
    };

    /// <summary>What would happen; null for what needs no look ahead.</summary>
    public static string? Effect(PersonVerb verb, PersonRow person) => verb switch
    {
        PersonVerb.Lock => $"{Sessions(person)} They cannot sign in until somebody unlocks them; what they did stays.",
        PersonVerb.ResetPassword => $"{Sessions(person)} A password is drawn and shown to you once; they replace it at the next sign-in.",
        PersonVerb.EndSessions => $"{Sessions(person)} They can sign in again at once.",
        PersonVerb.ResetSecondStep => $"{Sessions(person)} Their secret and recovery codes are forgotten. Reset it only when you know who asks.",
        PersonVerb.Remove => $"{Sessions(person)} The account is gone for good; the audit keeps the name and what was done under it.",
        _ => null,
    };

    /// <summary>Whether somebody can come in, in a word.</summary>
    public static (string Word, string Icon, string Css) State(PersonRow person) => person switch
    {
        { LockedAt: not null } => ("locked", "lock", "c-bounced"),
        { LockedUntil: not null } => ("locked for minutes", "lock", "c-held"),
        { MustChangePassword: true } => ("password given", "clock", "c-queued"),
        { Sessions: > 0 } => ("signed in", "check", "c-delivered"),
        _ => ("signed out", "minus", "c-removed"),
    };

    /// <summary>How they prove who they are besides the password.</summary>
    public static string SecondStep(PersonRow person, IReadOnlyList<Role> asked) => person switch
    {
        { HasSecondStep: true } => "on",
        _ when person.NeedsSecondStep || person.Roles.Any(asked.Contains) => "to be set up",
        _ => "·",
    };

    /// <summary>What the role is for, in a few words.</summary>
    public static string Meaning(Role role) => role switch
    {
        Role.Viewer => "sees every page, message and file",
        Role.Operator => "acts on the queue and runs connectors",
        Role.DirectoryApprover => "decides about changes of the directory",
        Role.RoutingEditor => "edits sites, post offices and routes",
        _ => "everything, people and settings too",
    };

    private static string Sessions(PersonRow person) => person.Sessions switch
    {
        0 => "They are not signed in.",
        1 => "Their session ends, and with it its windows.",
        var count => $"Their {Quantity.Text(count)} sessions end, and with them their windows.",
    };
}
