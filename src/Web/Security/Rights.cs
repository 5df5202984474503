namespace Postern.Web.Security;

/// <summary>Names of the policies and claims that decide who may open what.</summary>
public static class Rights
{
    /// <summary>Signed in, with a password of one's own. The policy of every page and endpoint that names none.</summary>
    public const string Operator = "operator";

    /// <summary>Signed in, perhaps with a password that was given: opens only the form that replaces it.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>May look: the policy of files and of whatever else stands alone.</summary>
    public const string View = "view";

    /// <summary>May manage people: the policy of the audit as a file.</summary>
    public const string ManagePeople = "manage-people";

    /// <summary>Claim with the id of the session.</summary>
    public const string Session = "postern:session";

    /// <summary>Claim that says how the person proved who they are.</summary>
    public const string Means = "postern:means";

    /// <summary>Claim of a session that opens nothing until a second step is set up.</summary>
    public const string MustSetUpSecondStep = "postern:must-set-up-second-step";

    /// <summary>Claim of a session whose password has to be replaced first.</summary>
    public const string MustChangePassword = "postern:must-change-password";
}
