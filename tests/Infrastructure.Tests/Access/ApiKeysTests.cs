using Postern.Domain.Access;
using Postern.Infrastructure.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Access;

public sealed class ApiKeysTests : IAsyncLifetime
{
    private static readonly Operator Uwe = new("uwe", [Role.Operator], "");
    private static readonly Operator Chief = new("chief", [Role.Administrator], "Left the firm");

    private TestDatabase database = null!;
    private ApiKeys keys = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        keys = new ApiKeys(database.DataSource);
        await ExecuteAsync(
            """
            insert into console_user (user_name, normalized_user_name, roles) values ('uwe', 'UWE', '{operator}'), ('chief', 'CHIEF', '{administrator}')
            """);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task A_key_is_shown_once_and_stored_as_its_hash()
    {
        var made = await AddAsync();

        made.Text.ShouldMatch("^postern_[A-Za-z0-9_-]{43}$");
        made.Key!.Prefix.ShouldBe(made.Text[..14]);
        (await ScalarAsync<string>("select to_jsonb(k)::text from api_key k")).ShouldNotContain(made.Text[14..]);
        (await ScalarAsync<bool>($"select hash = sha256('{made.Text}'::bytea) from api_key")).ShouldBeTrue();
        (await ScalarAsync<string>("select actor || ': ' || verb || ' ' || target from audit")).ShouldBe($"uwe: add key key {made.Key.Id} “nightly” of uwe");
    }

    [Fact]
    public async Task It_acts_as_its_person_with_the_roles_of_the_moment()
    {
        var made = await AddAsync();
        var before = await CheckAsync(made.Text);
        await ExecuteAsync("update console_user set roles = '{viewer}' where user_name = 'uwe'");

        var after = await CheckAsync(made.Text);

        (before.Key!.Person, before.Fault).ShouldBe(("uwe", ""));
        before.Roles.ShouldBe([Role.Operator]);
        after.Roles.ShouldBe([Role.Viewer]);
        after.Key!.LastUsedAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("update console_user set lockout_end = now() + interval '1 minute'", "locked")]
    [InlineData("update console_user set must_change_password = true", "password first")]
    [InlineData("update api_key set expires_at = now()", "has ended")]
    [InlineData("update api_key set revoked_at = now(), revoked_by = 'chief'", "was revoked")]
    [InlineData("delete from console_user where user_name = 'uwe'", "not known")]
    public async Task It_is_dead_at_once_when(string happens, string says)
    {
        var made = await AddAsync();
        (await CheckAsync(made.Text)).Fault.ShouldBe("");

        await ExecuteAsync(happens);

        (await CheckAsync(made.Text)).Fault.ShouldContain(says);
    }

    [Theory]
    [InlineData("")]
    [InlineData("postern_")]
    [InlineData("postern_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("\u0000\ud800")]
    public async Task What_is_no_key_opens_nothing(string text)
    {
        await AddAsync();

        var found = await CheckAsync(text);

        (found.Key, found.Fault).ShouldBe((null, "This key is not known here."));
    }

    [Fact]
    public async Task Nobody_makes_one_for_somebody_else_but_who_is_on_the_machine()
    {
        var foreign = await keys.AddAsync("uwe", "spy", [KeyScope.Read], 1, Chief, default);
        var local = await keys.AddAsync("uwe", "backup", [KeyScope.Read], 1, Operator.Local(), default);
        var nobody = await keys.AddAsync("nobody", "x", [KeyScope.Read], 1, Operator.Local(), default);

        (foreign.Key, foreign.Fault).ShouldBe((null, "A key acts as its person; only uwe makes one for uwe."));
        (local.Key!.Person, local.Key.CreatedBy).ShouldBe(("uwe", $"local:{Environment.UserName}"));
        nobody.Fault.ShouldContain("no user nobody");
    }

    [Theory]
    [InlineData("", 1, "name")]
    [InlineData(" x", 1, "name")]
    [InlineData("a\u001bb", 1, "name")]
    [InlineData("x", 0, "1 to 730 days")]
    [InlineData("x", 731, "1 to 730 days")]
    public async Task It_has_a_name_and_an_end(string name, int days, string says) =>
        (await keys.AddAsync("uwe", name, [KeyScope.Read], days, Uwe, default)).Fault.ShouldContain(says);

    [Fact]
    public async Task It_is_for_something() => (await keys.AddAsync("uwe", "x", [], 1, Uwe, default)).Fault.ShouldContain("read, queue, connectors");

    [Fact]
    public async Task A_person_has_a_bounded_number_of_them()
    {
        await ExecuteAsync(
            """
            insert into api_key (user_id, name, scopes, hash, prefix, created_by, expires_at)
            select u.id, 'x', '{read}', sha256(n::text::bytea), '', 'uwe', now() + interval '1 day' from console_user u, generate_series(1, 50) n where user_name = 'uwe'
            """);

        (await AddAsync(expectsOne: false)).Fault.ShouldContain("50 keys");
    }

    [Fact]
    public async Task An_administrator_sees_and_revokes_all_and_others_only_their_own()
    {
        var mine = await AddAsync();
        var theirs = await keys.AddAsync("chief", "house", [KeyScope.Read], 1, Chief, default);

        (await keys.ListAsync("", Chief, default)).Select(key => key.Name).ShouldBe(["house", "nightly"]);
        (await keys.ListAsync("uwe", Uwe, default)).Select(key => key.Name).ShouldBe(["nightly"]);
        await Should.ThrowAsync<RightMissingException>(() => keys.ListAsync("", Uwe, default));
        await Should.ThrowAsync<RightMissingException>(() => keys.RevokeAsync(theirs.Key!.Id, Uwe, default));
        (await CheckAsync(theirs.Text)).Fault.ShouldBe("");
        (await keys.RevokeAsync(mine.Key!.Id, Chief, default)).ShouldBe("");
        (await keys.RevokeAsync(mine.Key!.Id, Uwe, default)).ShouldContain("no key");
        (await CheckAsync(mine.Text)).Fault.ShouldBe("This key was revoked.");
        (await ScalarAsync<string>("select actor || ' ' || reason from audit where verb = 'revoke key'")).ShouldBe("chief Left the firm");
    }

    [Fact]
    public void A_scope_narrows_what_a_role_grants_and_never_widens_it()
    {
        var reader = Chief with { Narrowed = [KeyScope.Read.ToRight()] };
        var actor = new Operator("v", [Role.Viewer], "") { Narrowed = [KeyScope.Queue.ToRight()] };

        (reader.May(Right.View), reader.May(Right.ActOnQueue), reader.May(Right.Configure)).ShouldBe((true, false, false));
        (actor.May(Right.View), actor.May(Right.ActOnQueue)).ShouldBe((false, false));
        Should.Throw<RightMissingException>(() => reader.Demand(Right.ActOnQueue)).Message.ShouldBe("With this key chief may not act on the queue. A key with a wider scope can.");
    }

    private async Task<NewApiKey> AddAsync(bool expectsOne = true)
    {
        var made = await keys.AddAsync("uwe", "nightly", [KeyScope.Read, KeyScope.Queue], 30, Uwe, default);
        (made.Key is not null).ShouldBe(expectsOne);
        return made;
    }

    private Task<ApiKeyCheck> CheckAsync(string text) => keys.CheckAsync(text, default);

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
