using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Audit;

/// <summary>What somebody with the database's own rights can do to the audit, and that it is found.</summary>
public sealed class AuditChainTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        for (var i = 1; i <= 6; i++)
        {
            await ActAsync($"thing {i}", i % 2 == 0 ? """{ "b": [1, 2], "a": "ü€😀" }""" : null);
        }
    }

    public async ValueTask DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task What_was_written_holds_and_its_head_is_the_last_row()
    {
        var head = await Chain.HeadAsync(CancellationToken.None);

        var verdict = await Chain.VerifyAsync(head, CancellationToken.None);

        verdict.ShouldBe(new AuditVerdict(6, head, ""));
        head.Place.ShouldBe(6);
        AuditHead.TryParse($" {head} ", out var read).ShouldBeTrue();
        read.ShouldBe(head);
    }

    [Fact]
    public async Task An_empty_audit_holds()
    {
        await using var fresh = await TestDatabase.CreateAsync();
        var chain = new AuditChain(fresh.DataSource);

        (await chain.VerifyAsync(await chain.HeadAsync(CancellationToken.None), CancellationToken.None)).Holds.ShouldBeTrue();
    }

    [Theory]
    [InlineData("update audit set actor = 'nobody' where place = 3")]
    [InlineData("update audit set hash = hash where place = 3")]
    [InlineData("delete from audit where place = 6")]
    [InlineData("truncate audit")]
    public async Task The_database_refuses_to_change_or_remove_a_row(string sql)
    {
        var refusal = await Should.ThrowAsync<PostgresException>(() => ExecuteAsync(sql));

        refusal.MessageText.ShouldBe("A row of the audit is never changed or removed.");
        (await Chain.VerifyAsync(null, CancellationToken.None)).Rows.ShouldBe(6);
    }

    [Fact]
    public async Task A_row_cannot_come_with_a_place_of_its_own()
    {
        await ExecuteAsync("insert into audit (actor, verb, target, place, hash) values ('mallory', 'do', 'a thing', 2, '\\x00')");

        (await Chain.VerifyAsync(null, CancellationToken.None)).Rows.ShouldBe(7);
    }

    [Theory]
    [InlineData("update audit set actor = 'somebody else' where place = 3", "Row 3 is not as it was written")]
    [InlineData("update audit set at = at + interval '1 microsecond' where place = 4", "Row 4 is not as it was written")]
    [InlineData("update audit set reason = 'because' where place = 1", "Row 1 is not as it was written")]
    [InlineData("update audit set details = null where place = 2", "Row 2 is not as it was written")]
    [InlineData("update audit set actor = actor || verb, verb = '' where place = 5", "Row 5 is not as it was written")]
    [InlineData("delete from audit where place = 3", "Row 3 is missing; the next one is row 4.")]
    [InlineData("delete from audit where place = 1", "Row 1 is missing")]
    [InlineData("delete from audit where place = 6", "Row 6 is missing: the last row was row 6.")]
    [InlineData("delete from audit where place = 3; update audit set place = place - 1 where place > 3", "Row 3 is not as it was written")]
    [InlineData("insert into audit (actor, verb, target) values ('mallory', 'do', 'a thing')", "has no place in the chain")]
    [InlineData("insert into audit (actor, verb, target, place, hash) values ('mallory', 'do', 'a thing', 7, sha256('x'))", "Row 7 is not as it was written")]
    [InlineData("insert into audit (actor, verb, target, place, hash) select actor, verb, target, 7, hash from audit where place = 6", "Row 7 is not as it was written")]
    [InlineData("update audit set place = -place where place in (2, 5); update audit set place = case place when -2 then 5 else 2 end where place < 0", "Row 2 is not as it was written")]
    public async Task What_is_done_past_the_product_is_found(string sql, string fault)
    {
        await TamperAsync(sql);

        var verdict = await Chain.VerifyAsync(null, CancellationToken.None);

        verdict.Holds.ShouldBeFalse();
        verdict.Fault.ShouldContain(fault);
    }

    [Fact]
    public async Task An_end_that_was_removed_with_its_head_is_found_by_a_head_that_was_kept()
    {
        var kept = await Chain.HeadAsync(CancellationToken.None);
        await TamperAsync("delete from audit where place > 4; update audit_head set (place, hash) = (select place, hash from audit where place = 4)");

        (await Chain.VerifyAsync(null, CancellationToken.None)).Holds.ShouldBeTrue();
        (await Chain.VerifyAsync(kept, CancellationToken.None)).Fault.ShouldStartWith("Row 5 is missing: the head 6:");
    }

    [Fact]
    public async Task A_chain_that_was_written_anew_is_found_by_a_head_that_was_kept()
    {
        var kept = await Chain.HeadAsync(CancellationToken.None);
        await TamperAsync(
            """
            update audit set actor = 'somebody else' where place = 3;
            do $$ declare entry audit; before bytea := decode(repeat('00', 32), 'hex'); begin
              for entry in select * from audit order by place loop
                before := audit_hash(before, entry.place, entry);
                update audit set hash = before where id = entry.id;
              end loop;
              update audit_head set hash = before;
            end $$
            """);
        await ActAsync("a later thing", null);

        (await Chain.VerifyAsync(null, CancellationToken.None)).Holds.ShouldBeTrue();
        (await Chain.VerifyAsync(kept, CancellationToken.None)).Fault.ShouldStartWith("Row 6 or one before it is not the one");
    }

    [Fact]
    public async Task Acts_of_many_at_once_make_one_chain_in_the_order_of_their_commits()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(token);
            await using var transaction = await connection.BeginTransactionAsync(token);
            await AuditLog.WriteAsync(connection, Operator.Local($"reason {i}"), "do", $"thing {i}", null, token);
            await AuditLog.WriteAsync(connection, Operator.Local(), "do", $"the other half of {i}", null, token);
            await (i % 5 == 0 ? transaction.RollbackAsync(token) : transaction.CommitAsync(token));
        });

        var verdict = await Chain.VerifyAsync(await Chain.HeadAsync(CancellationToken.None), CancellationToken.None);

        verdict.Fault.ShouldBe("");
        verdict.Rows.ShouldBe(6 + (2 * 160));
    }

    [Fact]
    public async Task An_act_that_takes_long_holds_up_no_other()
    {
        await using var slow = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        await AuditLog.WriteAsync(slow, Operator.Local(), "do", "a slow thing", null, CancellationToken.None);

        await ActAsync("a quick thing", null);
        await transaction.CommitAsync();

        (await ScalarAsync<string[]>("select array_agg(target order by place) from audit where place > 6")).ShouldBe(["a quick thing", "a slow thing"]);
        (await Chain.VerifyAsync(null, CancellationToken.None)).Holds.ShouldBeTrue();
    }

    private AuditChain Chain => new(database.DataSource);

    private async Task ActAsync(string target, string? details)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await AuditLog.WriteAsync(connection, new Operator("m.keller", [], "dock closed"), "do", target, details, CancellationToken.None);
    }

    // As whoever owns the server could: without the triggers.
    private Task TamperAsync(string sql) => ExecuteAsync($"set session_replication_role = replica; {sql}; set session_replication_role = origin");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
