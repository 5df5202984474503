namespace Postern.Web.Tests.Cli;

/// <summary><c>queue</c> beside a running server.</summary>
public sealed class QueueVerbTests(ServingPostern postern) : IClassFixture<ServingPostern>
{
    [Fact]
    public async Task A_delivery_is_held_released_and_retried()
    {
        var id = await postern.DeliveryAsync("a@hold.example");

        (await postern.VerbAsync("queue", "hold", id, "--reason", "Wrong day")).Output.Trim().ShouldBe($"{id}: held");
        var shown = await postern.VerbAsync("queue", "show", id);
        (await postern.VerbAsync("queue", "release", id)).Output.Trim().ShouldBe($"{id}: queued");
        (await postern.VerbAsync("queue", "retry", id)).ExitCode.ShouldBe(0);

        shown.Output.ShouldMatch(@"State\s+held\n");
        shown.Output.ShouldContain($"Held by local:{Environment.UserName}: Wrong day");
        (await postern.QueryAsync($"select string_agg(actor || ' ' || verb || ' ' || reason, ', ' order by id) from audit where target = 'delivery {id}'"))
            .ShouldBe($"local:{Environment.UserName} hold Wrong day, local:{Environment.UserName} release , local:{Environment.UserName} retry ");
    }

    [Fact]
    public async Task What_is_not_possible_is_refused_with_4()
    {
        var id = await postern.DeliveryAsync("a@refuse.example");

        var run = await postern.VerbAsync("queue", "release", id);

        run.ExitCode.ShouldBe(4);
        run.Error.ShouldContain($"{id}: It is queued, from where this is not possible.");
    }

    [Fact]
    public async Task What_does_not_exist_is_3()
    {
        var show = await postern.VerbAsync("queue", "show", "999999999");
        var hold = await postern.VerbAsync("queue", "hold", "999999999");
        var list = await postern.VerbAsync("queue", "list", "--connector", "nobody");

        (show.ExitCode, hold.ExitCode, list.ExitCode).ShouldBe((3, 3, 3));
        hold.Error.ShouldContain("There is no delivery 999999999.");
    }

    [Fact]
    public async Task Of_several_the_possible_ones_are_done_and_the_others_named()
    {
        var id = await postern.DeliveryAsync("a@several.example");

        var run = await postern.VerbAsync("queue", "hold", id, "999999998", "--json");

        run.ExitCode.ShouldBe(3);
        var (first, second) = (run.Json[0], run.Json[1]);
        (first.GetProperty("done").GetBoolean(), first.GetProperty("state").GetString()).ShouldBe((true, "held"));
        (second.GetProperty("done").GetBoolean(), second.GetProperty("state").GetString()).ShouldBe((false, null));
        second.GetProperty("refusal").GetString().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task What_is_returned_goes_back_with_a_report_and_is_bounced()
    {
        var id = await postern.DeliveryAsync("a@return.example");

        (await postern.VerbAsync("queue", "return", id, "--reason", "Left the firm")).ExitCode.ShouldBe(0);

        var bounced = (await postern.VerbAsync("queue", "show", id, "--json")).Json;
        bounced.GetProperty("delivery").GetProperty("state").GetString().ShouldBe("bounced");
        bounced.GetProperty("delivery").GetProperty("report").GetString().ShouldBe("sent");
        bounced.GetProperty("timeline")[0].GetProperty("actor").GetString().ShouldBe($"local:{Environment.UserName}");
        (await postern.VerbAsync("queue", "return", id, "--reason", "Again")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task A_filter_is_tried_dry_then_acted_on_and_taken_back()
    {
        await postern.DeliveryAsync("a@filter.example");
        await postern.DeliveryAsync("b@filter.example");

        var dry = await postern.VerbAsync("queue", "remove", "--domain", "filter.example", "--dry-run", "--json");
        var removed = await postern.VerbAsync("queue", "remove", "--domain", "filter.example", "--reason", "Test mail", "--json");
        var gone = await postern.VerbAsync("queue", "list", "--domain", "filter.example");
        var id = removed.Json.GetProperty("id").ToString();
        var undone = await postern.VerbAsync("operation", "undo", id);
        var back = await postern.VerbAsync("queue", "list", "--domain", "filter.example", "--json");

        (dry.ExitCode, dry.Json.GetProperty("waiting").GetInt64()).ShouldBe((0, 2));
        (removed.ExitCode, removed.Json.GetProperty("done").GetInt32()).ShouldBe((0, 2));
        gone.Output.Trim().ShouldBe("Nothing matches.");
        undone.ExitCode.ShouldBe(0);
        back.Json.GetProperty("deliveries").GetArrayLength().ShouldBe(2);
        (await postern.VerbAsync("operation", "show", id, "--json")).Json.GetProperty("operation").GetProperty("state").GetString().ShouldBe("undone");
        (await postern.VerbAsync("operation", "list")).Output.ShouldContain("Test mail");
        (await postern.VerbAsync("operation", "undo", id)).ShouldSatisfyAllConditions(again => again.ExitCode.ShouldBe(4), again => again.Error.ShouldContain("already"));
        (await postern.VerbAsync("operation", "cancel", id)).ExitCode.ShouldBe(4);
        (await postern.VerbAsync("operation", "show", "999999")).ExitCode.ShouldBe(3);
        (await postern.VerbAsync("books")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_removed_is_found_among_what_has_ended()
    {
        var id = await postern.DeliveryAsync("a@remove.example");

        (await postern.VerbAsync("queue", "remove", id, "--reason", "Test mail")).ExitCode.ShouldBe(0);

        (await postern.VerbAsync("queue", "list", "--recipient", "remove.example")).Output.Trim().ShouldBe("Nothing matches.");
        var ended = (await postern.VerbAsync("queue", "list", "--state", "removed,bounced", "--recipient", "remove.example", "--json")).Json;
        ended.GetProperty("deliveries")[0].GetProperty("id").ToString().ShouldBe(id);
    }

    [Fact]
    public async Task Lists_in_columns_and_says_when_there_are_more()
    {
        var first = await postern.DeliveryAsync("a@list.example");
        await postern.DeliveryAsync("b@list.example");

        var run = await postern.VerbAsync("queue", "list", "--connector", "smart", "--sender", "JOE@", "--recipient", "@list.example", "--limit", "1");

        run.ExitCode.ShouldBe(0);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines[0].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ShouldBe(["ID", "STATE", "AGE", "ATTEMPTS", "CONNECTOR", "DESTINATION", "SENDER", "RECIPIENT", "REASON"]);
        lines[1].ShouldMatch($"^ *{first}  queued .* smart  +smart  +joe@sender.example  a@list.example");
        run.Error.ShouldContain("more match");
    }
}
