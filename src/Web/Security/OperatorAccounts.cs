using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Security;

/// <summary>Makes accounts for the console: the first one on an empty installation, further ones from the command line.</summary>
public sealed class OperatorAccounts(UserManager<PosternUser> users, IdentityDatabase database)
{
    /// <summary>Name of the account that a new installation starts with.</summary>
    public const string FirstName = "admin";

    // No letters that are read as one another; 20 of 55 are 115 bits.
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Makes the first account when there is none. A given password is the person's own; else one is drawn and must be replaced.</summary>
    /// <returns>The drawn password, to be printed once; null when nothing is to be printed.</returns>
    /// <exception cref="InvalidOperationException">The given password is too weak; the message says why.</exception>
    public async Task<string?> EnsureFirstAsync(string? password, CancellationToken token)
    {
        if (await users.Users.AnyAsync(token))
        {
            return null;
        }

        var (drawn, faults) = await AddAsync(FirstName, [Role.Administrator], password);
        return faults.Count == 0 ? drawn : throw new InvalidOperationException(string.Join(' ', faults));
    }

    /// <summary>Adds an account with a drawn password and writes down who did; neither exists without the other.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public async Task<(string? DrawnPassword, IReadOnlyList<string> Faults)> AddAsync(
        string name, IReadOnlyList<Role> roles, Operator who, CancellationToken token)
    {
        who.Demand(Right.ManagePeople);
        await using var transaction = await database.Database.BeginTransactionAsync(token);
        var added = await AddAsync(name, roles, password: null);
        if (added.Faults.Count == 0)
        {
            await AuditLog.WriteAsync((NpgsqlConnection)database.Database.GetDbConnection(), who, "add user", $"user {name}", JsonSerializer.Serialize(new { roles = roles.Select(role => role.ToWord()) }), token);
            await transaction.CommitAsync(token);
        }

        return added;
    }

    /// <summary>Adds an account. Without a password one is drawn, which the person must replace at the first sign-in.</summary>
    private async Task<(string? DrawnPassword, IReadOnlyList<string> Faults)> AddAsync(string name, IReadOnlyList<Role> roles, string? password)
    {
        if (name.Length is 0 or > PosternUser.LongestName)
        {
            return (null, [$"A name has 1 to {PosternUser.LongestName} characters."]);
        }

        var drawn = password is null ? Draw() : null;
        var user = new PosternUser { UserName = name, MustChangePassword = drawn is not null, Roles = [.. roles.Select(role => role.ToWord())] };
        var result = await users.CreateAsync(user, password ?? drawn!);
        return result.Succeeded ? (drawn, []) : (null, [.. result.Errors.Select(e => e.Description)]);
    }

    internal static string Draw() => RandomNumberGenerator.GetString(Letters, 20);
}
