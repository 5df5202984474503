using System.Security.Cryptography;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class IntakeTests
{
    [Fact]
    public async Task Accepts_concurrent_messages_in_few_transactions_and_delivers_each_once()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => queue.AcceptAsync(queue.Message($"m{n}", $"r{n}@b.example"))));

        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 500);
        queue.Connector.Seen.Select(transfer => transfer.Id).Distinct().Count().ShouldBe(500);
        (await queue.ScalarAsync<long>("select count(*) from ledger where outcome is null")).ShouldBeLessThan(400);
        (await queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_is_answered_before_the_commit()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        await using var connection = await queue.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var blocking = new Npgsql.NpgsqlCommand("lock table ledger in exclusive mode", connection))
        {
            await blocking.ExecuteNonQueryAsync();
        }

        var answer = queue.Intake.AcceptAsync(queue.Message("a letter", "r@x.example"), CancellationToken.None);
        await queue.UntilAsync("select count(*) from pg_locks where not granted and relation::regclass::text like 'ledger%'", 1);
        var wasAnswered = answer.IsCompleted;
        await transaction.RollbackAsync();

        wasAnswered.ShouldBeFalse();
        (await answer).ShouldBeOfType<IntakeResult.Accepted>();
    }

    [Fact]
    public async Task A_first_try_success_leaves_one_history_row_and_no_event()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("one", "a@b.example"));

        await queue.UntilAsync("select count(*) from delivery_history where attempts = 1 and first_attempt_at is not null", 1);
        (await queue.ScalarAsync<long>("select count(*) from delivery_event")).ShouldBe(0);
        (await queue.ScalarAsync<long>("select count(*) from delivery")).ShouldBe(0);
    }

    [Fact]
    public async Task Stored_content_comes_back_byte_for_byte_at_every_size_class()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        foreach (var size in new[] { 0, 1, MessageContent.InlineLimit, MessageContent.InlineLimit + 1, (3 * MessageContent.InlineLimit) + 17 })
        {
            var bytes = RandomNumberGenerator.GetBytes(size);
            using var writer = new ContentWriter(queue.Folder);
            writer.Write(bytes);
            using var content = writer.Complete();
            var id = await queue.AcceptAsync(queue.Message("sized", "a@b.example") with { Content = content });

            var acceptedAt = new DateTimeOffset(await queue.ScalarAsync<DateTime>($"select accepted_at from message where id = {id}"));
            using var stored = await queue.Contents.OpenAsync(id, acceptedAt, size, CancellationToken.None);

            System.Buffers.BuffersExtensions.ToArray(stored.AsSequence()).ShouldBe(bytes);
        }

        Directory.GetFiles(queue.Folder, "*.spool").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_damaged_chunk_is_named()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        using var writer = new ContentWriter(queue.Folder);
        writer.Write(new byte[700_000]);
        using var content = writer.Complete();
        var id = await queue.AcceptAsync(queue.Message("large", "a@b.example") with { Content = content });
        await queue.ExecuteAsync($"delete from message_content where message_id = {id} and chunk = 1");
        var acceptedAt = new DateTimeOffset(await queue.ScalarAsync<DateTime>($"select accepted_at from message where id = {id}"));

        var fault = await Should.ThrowAsync<ContentDamagedException>(() => queue.Contents.OpenAsync(id, acceptedAt, 700_000, CancellationToken.None));

        fault.Message.ShouldContain("part 2");
    }

    [Fact]
    public async Task A_message_that_cannot_be_stored_is_refused_alone()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.ExecuteAsync("alter table message add constraint no_poison check (subject <> 'poison')");
        await queue.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(n =>
            queue.Intake.AcceptAsync(queue.Message(n == 17 ? "poison" : $"m{n}", "a@b.example"), CancellationToken.None)));

        answers.OfType<IntakeResult.Unacceptable>().Count().ShouldBe(1);
        answers.OfType<IntakeResult.Accepted>().Count().ShouldBe(29);
        await queue.UntilAsync("select count(*) from delivery_history", 29);
    }

    [Fact]
    public async Task The_same_message_of_the_same_file_is_accepted_once()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();
        var message = queue.Message("twice", "a@b.example") with { Identity = new PickupIdentity("f1", 3) };
        var first = await queue.AcceptAsync(message);

        var second = await queue.Intake.AcceptAsync(message, CancellationToken.None);

        second.ShouldBeOfType<IntakeResult.AlreadyAccepted>().MessageId.ShouldBe(first);
        await queue.UntilAsync("select count(*) from delivery_history", 1);
    }

    [Fact]
    [Trait("source", "Q151791")]
    [Trait("source", "Q151792")]
    public async Task A_recipient_nothing_leads_to_is_accepted_and_bounced_in_one_transaction_with_a_report()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();
        var failed = new FailedRecipient(MailAddress.Parse("CCMAIL:Nobody, Nils at SITE9"), "5.4.4", "No route leads to SITE9.");

        var id = await queue.AcceptAsync(queue.Message("lost", "a@b.example") with { Failed = [failed] });

        await queue.UntilAsync("select count(*) from delivery_history where state = 'bounced' and report = 'sent' and reason like '%SITE9%'", 1);
        (await queue.ScalarAsync<long>($"select count(*) from message where report_of = {id} and sender = ''")).ShouldBe(1);
        (await queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task Answers_try_later_when_the_database_is_away_and_accepts_again_afterwards()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();
        await queue.AcceptAsync(queue.Message("before", "a@b.example"));
        await queue.ExecuteAsync("alter table message rename to message_away");

        var answer = await queue.Intake.AcceptAsync(queue.Message("during", "a@b.example"), CancellationToken.None);

        answer.ShouldBeOfType<IntakeResult.TryLater>();
        await queue.ExecuteAsync("alter table message_away rename to message");
        await queue.AcceptAsync(queue.Message("after", "a@b.example"));
    }

    [Fact]
    public async Task Text_that_postgresql_cannot_hold_is_made_storable()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("x", "a@b.example") with { Subject = "a\0b\ud800c", Peer = new string('p', 5000) });

        (await queue.ScalarAsync<string>("select subject from message")).ShouldBe("a\u2400b\ufffdc");
    }

    [Fact]
    public async Task A_refusal_with_notify_never_makes_no_report()
    {
        var refusal = new AttemptOutcome.Bounced("5.1.1", "550 5.1.1 unknown", "The peer refused it.", "peer");
        await using var queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => refusal));
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("x") with { Recipients = [queue.To("a@b.example", Notify.Never)] });

        await queue.UntilAsync("select count(*) from delivery_history where state = 'bounced' and report = 'not asked'", 1);
        (await queue.ScalarAsync<long>("select count(*) from message where is_report")).ShouldBe(0);
    }
}
