using Postern.Domain.Access;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Audit;

/// <summary>Who acts, with which roles, and why.</summary>
/// <param name="Name">Name of the account; <c>local:&lt;user&gt;</c> from the command line.</param>
/// <param name="Roles">As they are at this moment, never as they were at the sign-in.</param>
/// <param name="Operation">The piece of an operation that this act is; null when nobody may ever want it back.</param>
public sealed record Operator(string Name, IReadOnlyList<Role> Roles, string Reason, OperationPiece? Operation = null)
{
    private const string LocalPrefix = "local:";

    /// <summary>Who can read the data folder may do everything, but is nobody's second operator.</summary>
    public bool IsLocal => Name.StartsWith(LocalPrefix, StringComparison.Ordinal);

    /// <summary>Whoever types a command on this machine.</summary>
    public static Operator Local(string reason = "") => new($"{LocalPrefix}{Environment.UserName}", [Role.Administrator], reason);

    /// <summary>The rights that the key they act with is narrowed to; null where they act by themselves.</summary>
    public IReadOnlyList<Right>? Narrowed { get; init; }

    /// <summary>May they?</summary>
    public bool May(Right right) => Roles.Grant(right) && Narrowed?.Contains(right) != false;

    /// <summary>Every method that changes something calls it first.</summary>
    /// <exception cref="RightMissingException">They may not.</exception>
    public void Demand(Right right)
    {
        if (!May(right))
        {
            throw Roles.Grant(right) ? RightMissingException.OfKey(Name, right) : new RightMissingException(Name, right);
        }
    }
}

/// <summary>Somebody asked for what they may not do. The message is a sentence for them.</summary>
public sealed class RightMissingException : Exception
{
    public RightMissingException(string name, Right right)
        : this(right, $"{name} may not {right.InWords()}. An administrator can give the role {right.LeastRole().ToWord()}.")
    {
    }

    private RightMissingException(Right right, string message)
        : base(message) => Right = right;

    /// <summary>What was missing.</summary>
    public Right Right { get; }

    /// <summary>The person may, but not with this key.</summary>
    internal static RightMissingException OfKey(string name, Right right) =>
        new(right, $"With this key {name} may not {right.InWords()}. A key with a wider scope can.");
}
