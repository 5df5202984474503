namespace Postern.Web.Security;

/// <summary>Names of the policies and claims that decide who may open what.</summary>
public static class Rights
{
    /// <summary>Signed in, with a password of one's own. The policy of every page and endpoint that names none.</summary>
    public const string Operator = "operator";

    /// <summary>Signed in, perhaps with a password that was given: opens only the form that replaces it.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>Claim of a session whose password has to be replaced first.</summary>
    public const string MustChangePassword = "postern:must-change-password";
}
