using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;

namespace Postern.Infrastructure.Routing;

/// <summary>A change sheet that was given out.</summary>
/// <param name="Act">To take the issue back.</param>
/// <param name="IsVoid">Its issue was taken back.</param>
public sealed record IssuedSheet(int Number, DateTimeOffset At, string By, long Act, bool IsVoid, ChangeSheet Sheet);

/// <summary>What is to be entered at a post office now, beside the sheet that was given out last.</summary>
/// <param name="NextNumber">What it will be numbered when it is issued.</param>
/// <param name="Last">Null when none was given out.</param>
/// <param name="Since">What changed since the last one; null when none was given out.</param>
public sealed record ChangeSheetView(PostOffice PostOffice, ChangeSheet Sheet, int NextNumber, IssuedSheet? Last, SheetComparison? Since);

/// <summary>Change sheets of post offices: as they would be now, and as they were given out.</summary>
public sealed class ChangeSheets(NpgsqlDataSource database, RouteModels models)
{
    private const string SheetsSql =
        """
        -- sheets of a post office, newest first
          select number, issued_at, issued_by, act_id, is_void, system, owner, lines::text from change_sheet where owner_key = $1 order by number desc
        """;

    private const string InsertSql =
        """
        insert into change_sheet (act_id, system, owner, owner_key, number, issued_by, lines) values ($1, $2, $3, $4, $5, $6, $7::jsonb)
        """;

    private const string NextSql = "select coalesce(max(number), 0) + 1 from change_sheet where owner_key = $1";

    /// <summary>The sheet of a post office as it is now; null when there is no such post office.</summary>
    /// <param name="postOfficeKey">As in <see cref="PostOffice.Key"/>.</param>
    public async Task<ChangeSheetView?> OfAsync(string postOfficeKey, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        return state.OfficeOf(postOfficeKey) is { } office ? ViewOf(state, office, await IssuedAsync(postOfficeKey, cancellationToken)) : null;
    }

    /// <summary>All sheets of a post office that were given out, the newest first.</summary>
    public async Task<IReadOnlyList<IssuedSheet>> IssuedAsync(string postOfficeKey, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SheetsSql);
        command.Parameters.Add(new() { Value = postOfficeKey });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var sheets = new List<IssuedSheet>();
        while (await row.ReadAsync(cancellationToken))
        {
            sheets.Add(new IssuedSheet(
                row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetInt64(3), row.GetBoolean(4),
                new ChangeSheet(row.GetString(5), row.GetString(6), RouteJson.Read<List<SheetLine>>(row.GetString(7)))));
        }

        return sheets;
    }

    /// <summary>Gives out the sheet that was shown: it gets its number, and its rows are issued.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<KnowledgeResult> IssueAsync(ChangeSheetView shown, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        if (shown.Sheet.Lines.Count == 0)
        {
            return KnowledgeResult.No($"There is nothing to enter at {shown.PostOffice.Name}.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var writer = new KnowledgeWriter(connection);
        await writer.LockAsync(cancellationToken);
        if (await OfAsync(shown.PostOffice.Key, cancellationToken) is not { } now || !now.Sheet.Lines.SequenceEqual(shown.Sheet.Lines))
        {
            return KnowledgeResult.No($"What has to be entered at {shown.PostOffice.Name} has changed since this sheet was shown. Look at it again; nothing was issued.");
        }

        await using var next = new NpgsqlCommand(NextSql, connection) { Parameters = { new() { Value = shown.PostOffice.Key } } };
        var number = (int)(await next.ExecuteScalarAsync(cancellationToken))!;
        var edits = shown.Sheet.Lines.Where(line => line.Act != SheetAct.Delete).Select(line => new KnowledgeEdit(line.Definition, KnowledgeEvent.Issue, Sheet: number)).ToList();
        var target = $"sheet {number} of {shown.PostOffice.Name}";
        var act = await writer.WriteAsync(who, "issue", shown.PostOffice.Key, target, edits, cancellationToken)
            ?? await writer.ActAsync(who, "issue", shown.PostOffice.Key, target, "[]", "[]", cancellationToken);
        await using var insert = new NpgsqlCommand(InsertSql, connection);
        foreach (var value in (ReadOnlySpan<object>)[act, shown.PostOffice.System, shown.PostOffice.Name, shown.PostOffice.Key, number, who.Name, RouteJson.Write(shown.Sheet.Lines)])
        {
            insert.Parameters.Add(new() { Value = value });
        }

        await insert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new KnowledgeResult(act, "");
    }

    // Of what earlier sheets asked for, what nobody needs any more is taken out again.
    private static ChangeSheetView ViewOf(RouteState state, PostOffice office, IReadOnlyList<IssuedSheet> issued)
    {
        var valid = issued.Where(sheet => !sheet.IsVoid).ToList();
        var asked = valid.SelectMany(sheet => sheet.Sheet.Lines).Where(line => line.Act != SheetAct.Delete).Select(line => line.Definition).ToList();
        var sheet = ChangeSheet.Of(state.Model, office.Key, asked);
        var last = valid.FirstOrDefault();
        return new ChangeSheetView(office, sheet, (issued.Count > 0 ? issued[0].Number : 0) + 1, last, last is null ? null : sheet.Since(last.Sheet));
    }
}
