using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Directory;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Routing;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Those who approve are told by mail that a plan waits.</summary>
public sealed class ApproverMailTests
{
    private static readonly RoutingTable Table = new(
        1, [new Site("SITE1", ["site1.example"], "", "", "")], [], [new AddressSpace("SMTP", "ops.example", 1, "smtp-test")], [new RoutedConnector(1, "smtp-test", "smtp")], new AddressBook([]));

    private readonly List<(IncomingMessage Message, string Text)> sent = [];
    private string refusal = "";

    [Fact]
    public async Task A_plan_that_waits_is_mailed_once_with_what_it_changes_and_a_link()
    {
        await using var house = await PlanHouse.CreateAsync(new SyncRules { TellApprovers = ["kim@ops.example", "x@nowhere.example"] });
        await house.HoldAsync(house.Row("1", "Adams"));
        var plan = await house.ProposeAsync([house.Row("2", "Brown")], (ChangeClass.Add, ApprovalMode.TwoApprovers));
        var mail = Mail(house);

        (await mail.RunOnceAsync(default)).ShouldBe(1);
        (await mail.RunOnceAsync(default)).ShouldBe(0);

        var (message, text) = sent.Single();
        (message.Subject, message.Sender, message.Recipients.Single().OriginalRecipient).ShouldBe(($"[Postern] Plan {plan.Id} of aurora waits for approval: 1 delete, 1 add", null, "kim@ops.example"));
        text.ShouldContain($"Plan {plan.Id} would change the directory of aurora:");
        text.ShouldContain("Adams (p1@site1.example) is deleted: the source no longer has it.");
        text.ShouldContain("Two people have to agree to 1 add.");
        text.ShouldContain($"https://postern.example/plans/{plan.Id}");
        text.ShouldContain("Not sent to x@nowhere.example: no route leads there.");
        (await house.ScalarAsync("select text from event where code = 6050")).ShouldBe($"Plan {plan.Id} of aurora waits for approval: 1 delete, 1 add.");
    }

    [Fact]
    public async Task The_same_proposal_of_a_later_cycle_is_not_told_again_and_another_one_not_within_the_hour()
    {
        await using var house = await PlanHouse.CreateAsync(new SyncRules { TellApprovers = ["kim@ops.example"] });
        var mail = Mail(house);
        await house.ProposeAsync([house.Row("1", "Adams")]);
        await mail.RunOnceAsync(default);

        await house.ProposeAsync([house.Row("1", "Adams")]);
        await house.ScalarAsync("update plan set told_at = told_at - interval '2 hours'");
        var same = await mail.RunOnceAsync(default);
        var other = await house.ProposeAsync([house.Row("1", "Adams"), house.Row("2", "Brown")]);
        var fresh = await mail.RunOnceAsync(default);
        await house.ProposeAsync([house.Row("3", "Clark")]);
        var soon = await mail.RunOnceAsync(default);

        (same, fresh, soon).ShouldBe((0, 1, 0));
        sent[^1].Message.Subject.ShouldStartWith($"[Postern] Plan {other.Id} ");
    }

    [Fact]
    public async Task A_mail_that_the_queue_does_not_take_is_said_once_and_tried_again_and_a_plan_that_rests_is_not_told()
    {
        await using var house = await PlanHouse.CreateAsync(new SyncRules { TellApprovers = ["kim@ops.example"] });
        var mail = Mail(house);
        var plan = await house.ProposeAsync([house.Row("1", "Adams")]);
        await house.Decisions.PostponeAsync(plan.Id, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero), PlanHouse.Kim, default);
        var rests = await mail.RunOnceAsync(default);
        await house.Decisions.PostponeAsync(plan.Id, DateTimeOffset.MinValue, PlanHouse.Kim, default);

        refusal = "no room";
        var refused = await mail.RunOnceAsync(default) + await mail.RunOnceAsync(default);
        refusal = "";
        var taken = await mail.RunOnceAsync(default);

        (rests, refused, taken, sent.Count).ShouldBe((0, 0, 1, 1));
        (await house.ScalarAsync("select string_agg(text, '|') from event where code = 6055")).ShouldBe("Those who approve changes of aurora cannot be told by mail: The queue takes nothing now: no room.");
    }

    private ApproverMail Mail(PlanHouse house) => new(
        house.Database.DataSource, house.Plans, AcceptAsync, LiveRouting.Fixed(Table), house.Events, TimeProvider.System, NullLogger<ApproverMail>.Instance, "postern.example",
        id => $"https://postern.example/plans/{id}");

    private Task<IntakeResult> AcceptAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        if (refusal.Length > 0)
        {
            return Task.FromResult<IntakeResult>(new IntakeResult.TryLater(refusal));
        }

        sent.Add((message, Encoding.UTF8.GetString(message.Content.Memory.Span)));
        return Task.FromResult<IntakeResult>(new IntakeResult.Accepted(1));
    }
}
