using Microsoft.AspNetCore.Identity;
using Postern.Domain.Access;

namespace Postern.Web.Security;

/// <summary>A person who may sign in to the console. Names are for people; what they did is kept under the name in the audit.</summary>
public sealed class PosternUser : IdentityUser<long>
{
    /// <summary>Longest name that can be given or typed.</summary>
    public const int LongestName = 64;

    /// <summary>Longest password that is hashed; a longer one is only work for the processor.</summary>
    public const int LongestPassword = 256;

    /// <summary>Shortest password that is taken.</summary>
    public const int ShortestPassword = 10;

    /// <summary>The password was given by somebody else and opens only the form that replaces it.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>An administrator has locked them out; null when none has.</summary>
    public DateTimeOffset? LockedAt { get; set; }

    /// <summary>At the next sign-in a second step has to be set up, also where no role asks for it.</summary>
    public bool RequiresSecondStep { get; set; }

    /// <summary>What they may do, as words of <see cref="RoleRights.ToWord"/>.</summary>
    public string[] Roles { get; set; } = [];
}
