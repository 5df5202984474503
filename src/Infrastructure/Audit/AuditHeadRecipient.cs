using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Addresses;

namespace Postern.Infrastructure.Audit;

/// <summary>Who gets the head of the audit by mail.</summary>
/// <param name="MailTo">An address in any of the three forms; empty for nobody.</param>
/// <param name="ToldOn">The last day, in UTC, whose head was told; null before the first.</param>
public sealed record AuditHeadMail(string MailTo, DateOnly? ToldOn);

/// <summary>Says who gets the head of the audit by mail once a day, and changes it.</summary>
public sealed class AuditHeadRecipient(NpgsqlDataSource database)
{
    private const string ReadSql = "select mail_to, told_on from audit_head";

    private const string ChangeSql = "update audit_head set mail_to = $1 where mail_to <> $1";

    /// <exception cref="RightMissingException">They may not manage people, whose acts the audit guards.</exception>
    public async Task<AuditHeadMail> ReadAsync(Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        await using var command = database.CreateCommand(ReadSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new AuditHeadMail(row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1));
    }

    /// <summary>Sets who gets it; empty for nobody. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not manage people.</exception>
    public async Task<string> ChangeAsync(string address, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        if (address.Length > 0 && !MailAddress.TryParse(address, out _, out _))
        {
            return $"{address} is no address.";
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ChangeSql, connection) { Parameters = { new() { Value = address } } };
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return address.Length > 0 ? $"The head goes to {address} already." : "The head goes to nobody already.";
        }

        await AuditLog.WriteAsync(connection, who, "mail audit head", address.Length > 0 ? address : "nobody", null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return "";
    }
}
