using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Live;

/// <summary>What the person of this window may do, so that buttons and keys can say so before they are tried. The act itself asks again.</summary>
/// <remarks>Until it was read for the first time nothing is greyed out.</remarks>
public sealed class PageRights
{
    private Operator? who;
    private Right refused;

    /// <summary>Raised when the roles or the refusal have changed.</summary>
    public event Action? Changed;

    /// <summary>Why the last thing that was tried was not done; null when nothing was, or it has been seen.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Why the person may not; null when they may.</summary>
    public string? WhyNot(Right right) => who is null || who.May(right) ? null : new RightMissingException(who.Name, right).Message;

    /// <summary>True when the person may; else the window says why not.</summary>
    public bool Ask(Right right)
    {
        if (who is null || who.May(right))
        {
            return true;
        }

        Refuse(new RightMissingException(who.Name, right));
        return false;
    }

    /// <summary>The act itself has found that they may not: the roles are younger than what the window knew.</summary>
    public void Refuse(RightMissingException missing)
    {
        (Refusal, refused) = (missing.Message, missing.Right);
        Changed?.Invoke();
    }

    /// <summary>The refusal has been seen.</summary>
    public void Dismiss()
    {
        Refusal = null;
        Changed?.Invoke();
    }

    /// <summary>The roles as they are now.</summary>
    public void Set(Operator now)
    {
        if (who is null || who.Name != now.Name || !who.Roles.SequenceEqual(now.Roles))
        {
            who = now;
            Refusal = now.May(refused) ? null : Refusal;
            Changed?.Invoke();
        }
    }
}
