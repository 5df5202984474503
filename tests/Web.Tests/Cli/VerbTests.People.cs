using System.Text.Json;

namespace Postern.Web.Tests.Cli;

public sealed partial class VerbTests
{
    [Fact]
    public async Task A_person_is_given_roles_locked_let_in_again_and_removed_and_the_audit_keeps_the_name()
    {
        (await postern.VerbAsync("user", "add", "pat", "--role", "viewer")).ExitCode.ShouldBe(0);

        (await postern.VerbAsync("user", "roles", "PAT", "--role", "operator", "--role", "routing-editor", "--reason", "covers for kim")).ExitCode.ShouldBe(0);
        (await postern.VerbAsync("user", "roles", "pat")).Output.Trim().ShouldBe("operator, routing editor");
        (await postern.VerbAsync("user", "roles", "pat", "--role", "operator", "--role", "routing-editor")).ExitCode.ShouldBe(4);
        (await postern.VerbAsync("user", "lock", "pat")).ExitCode.ShouldBe(0);
        (await postern.VerbAsync("user", "lock", "pat")).Error.Trim().ShouldBe("pat is locked already.");
        (await postern.VerbAsync("user", "unlock", "pat")).ExitCode.ShouldBe(0);
        (await postern.VerbAsync("user", "reset-password", "pat")).Output.ShouldMatch(@"^User: pat\nPassword: \S{20}\n$");
        (await postern.VerbAsync("user", "remove", "pat")).ExitCode.ShouldBe(0);

        (await postern.VerbAsync("user", "roles", "pat")).ExitCode.ShouldBe(3);
        (await postern.QueryAsync("select string_agg(verb, ', ' order by place) from audit where target = 'user pat'"))
            .ShouldBe("add user, set roles, lock user, unlock user, reset password, remove user");
        (await postern.QueryAsync("select reason || ' ' || details::text from audit where target = 'user pat' and verb = 'set roles'"))
            .ShouldBe("""covers for kim {"after": ["operator", "routing editor"], "before": ["viewer"]}""");
    }

    [Fact]
    public async Task The_last_administrator_is_neither_demoted_locked_nor_removed()
    {
        foreach (var act in (string[][])[["roles", "admin", "--role", "viewer"], ["lock", "admin"], ["remove", "admin"]])
        {
            var run = await postern.VerbAsync(["user", .. act]);

            run.ExitCode.ShouldBe(4);
            run.Error.ShouldContain("is the last administrator who can sign in");
        }

        (await postern.QueryAsync("select locked_at is null and roles = '{administrator}' from console_user where user_name = 'admin'")).ShouldBe(true);
        (await postern.QueryAsync("select count(*) from audit where target = 'user admin'")).ShouldBe(0L);
    }

    [Fact]
    public async Task Everybody_is_listed_with_roles_and_sessions()
    {
        var run = await postern.VerbAsync("user", "list", "--json");

        var admin = run.Json.GetProperty("people").EnumerateArray().Single(person => person.GetProperty("name").GetString() == "admin");
        admin.GetProperty("roles")[0].GetString().ShouldBe("administrator");
        admin.GetProperty("mustChangePassword").ValueKind.ShouldBe(JsonValueKind.True);
        (await postern.VerbAsync("user", "list")).Output.ShouldContain("password given");
    }

    [Fact]
    public async Task The_audit_is_listed_and_holds_against_a_head_that_was_kept()
    {
        await postern.VerbAsync("user", "add", "alex", "--reason", "new here");

        var head = (await postern.VerbAsync("audit", "head")).Output.Trim();
        var list = await postern.VerbAsync("audit", "list", "--verb", "add user", "--find", "user alex", "--json");
        var held = await postern.VerbAsync("audit", "verify", "--head", head);
        var other = await postern.VerbAsync("audit", "verify", "--head", $"1:{new string('0', 64)}", "--json");
        var later = await postern.VerbAsync("audit", "verify", "--head", $"999999:{new string('0', 64)}");
        var wrong = await postern.VerbAsync("audit", "verify", "--head", "12:xyz");

        (held.ExitCode, other.ExitCode, later.ExitCode, wrong.ExitCode).ShouldBe((0, 1, 1, 2));
        held.Output.ShouldStartWith("The audit holds: ");
        other.Json.GetProperty("holds").ValueKind.ShouldBe(JsonValueKind.False);
        later.Output.ShouldContain("is missing: the head 999999:");
        var act = list.Json.GetProperty("acts")[0];
        (act.GetProperty("actor").GetString(), act.GetProperty("reason").GetString()).ShouldBe(($"local:{Environment.UserName}", "new here"));
    }

    [Fact]
    public async Task Who_gets_the_head_by_mail_is_an_address_and_stands_in_the_audit()
    {
        (await postern.VerbAsync("audit", "head", "--mail-to", "nowhere")).ExitCode.ShouldBe(4);
        (await postern.VerbAsync("audit", "head", "--mail-to", "keeper@far.example")).ExitCode.ShouldBe(0);

        (await postern.QueryAsync("select mail_to from audit_head")).ShouldBe("keeper@far.example");
        (await postern.QueryAsync("select count(*) from audit where verb = 'mail audit head' and target = 'keeper@far.example'")).ShouldBe(1L);
    }
}
