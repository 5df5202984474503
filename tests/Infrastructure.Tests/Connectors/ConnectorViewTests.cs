using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ConnectorViewTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Administrator], "");

    [Fact]
    public async Task A_connector_is_listed_with_its_state_its_last_failure_and_what_it_reaches()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ExecuteAsync(database.DataSource, SetUp);

        var rows = await new ConnectorView(database.DataSource).ListAsync(default);

        rows.Select(row => row.Name).ShouldBe(["ccmail-sales", "smtp-out"]);
        var sales = rows[0];
        (sales.IsWanted, sales.State, sales.Failure, sales.IsFailed).ShouldBe((true, "failed", "locked", true));
        sales.PostOffices.ShouldBe(["SALES"]);
        rows[1].State.ShouldBe("");
        rows[1].AddressSpaces.ShouldBe(["SMTP:*"]);
    }

    [Fact]
    public async Task Stop_and_start_move_the_wish_the_version_and_the_audit_once_each()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ExecuteAsync(database.DataSource, SetUp);
        var actions = new ConnectorActions(database.DataSource);
        var before = await ScalarAsync<long>(database.DataSource, "select version from configuration");

        (await actions.StopAsync("smtp-out", Keller, default)).ShouldBe("");
        (await actions.StopAsync("smtp-out", Keller, default)).ShouldBe("The connector smtp-out is stopped already.");
        (await ScalarAsync<string>(database.DataSource, "select desired_state from connector where name = 'smtp-out'")).ShouldBe("stopped");
        (await actions.StartAsync("smtp-out", Keller, default)).ShouldBe("");

        (await ScalarAsync<long>(database.DataSource, "select version from configuration")).ShouldBe(before + 2);
        (await ScalarAsync<string[]>(database.DataSource, "select array_agg(verb || ' ' || target || ' ' || actor order by id) from audit"))
            .ShouldBe(["stop connector smtp-out m.keller", "start connector smtp-out m.keller"]);
    }

    [Fact]
    public async Task A_connector_that_is_not_there_is_refused_and_changes_nothing()
    {
        await using var database = await TestDatabase.CreateAsync();

        (await new ConnectorActions(database.DataSource).StartAsync("nobody", Keller, default)).ShouldBe("There is no connector nobody.");

        (await ScalarAsync<long>(database.DataSource, "select count(*) from audit")).ShouldBe(0);
    }

    [Fact]
    public async Task The_situation_of_a_connector_says_what_its_process_said_and_whether_it_is_gone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await ExecuteAsync(database.DataSource, SetUp);
        var view = new ConnectorView(database.DataSource);

        (await view.SituationAsync("ccmail-sales", default)).ShouldBe(new Domain.Queue.ConnectorSituation(true, "failed", "in use"));
        (await view.SituationAsync("deleted #7", default)).ShouldBe(Domain.Queue.ConnectorSituation.Deleted);
    }

    private const string SetUp =
        """
        insert into connector (name, kind) values ('smtp-out', 'smtp'), ('ccmail-sales', 'ccmail');
        insert into connector_status (connector_id, state, detail, failed_at, failure) select id, 'failed', 'in use', now(), 'locked' from connector where kind = 'ccmail';
        insert into post_office (system, name, connector_id) select 'CCMAIL', 'SALES', id from connector where kind = 'ccmail';
        insert into address_space (connector_id, type) select id, 'SMTP' from connector where kind = 'smtp';
        """;

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
