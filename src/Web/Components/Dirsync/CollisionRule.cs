using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Components.Dirsync;

/// <summary>Why a directory holds a name only once, in a sentence for who has to decide.</summary>
public static class CollisionRule
{
    /// <summary>The rule of the directory that a plan changes.</summary>
    public static string Of(PlanSummary plan, Partner? partner) => (plan.Direction, partner?.Kind) switch
    {
        ("in", _) => "An address stands in our directory only once, whatever its letter case, so only one of them can have it.",
        (_, "ccmail") => "cc:Mail does not tell upper from lower case, nor First Last from Last, First, so only one of them can be listed there.",
        (_, "msmail" or "dirsync") => "MS Mail compares the first 30 characters of a name within the list of its post office, so only one of them can be listed there.",
        (_, "ldap") => "The container holds a name only once, whatever its letter case and blanks, so only one of them can be listed there.",
        _ => "Names may stand there only once, so only one of them can be listed there.",
    };
}
