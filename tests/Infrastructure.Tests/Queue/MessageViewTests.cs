using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class MessageViewTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Administrator], "test");
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public async Task A_message_has_its_deliveries_in_order_wherever_they_are_and_what_happened_to_them()
    {
        await using var queue = await StartedAsync();
        var id = await queue.AcceptAsync(queue.Message("three", "a@x.example", "b@x.example", "c@x.example"));
        await queue.AcceptAsync(queue.Message("another", "d@x.example"));
        await queue.Actions.ActAsync(DeliveryVerb.Hold, [id + 1], Keller, default);
        await queue.Actions.ActAsync(DeliveryVerb.Remove, [id + 2], Keller, default);

        var details = await new MessageView(queue.Database.DataSource).FindAsync(id, default);

        details.ShouldNotBeNull();
        details.Message.Recipients.ShouldBe(3);
        details.Deliveries.Select(delivery => delivery.Recipient).ShouldBe(["a@x.example", "b@x.example", "c@x.example"]);
        details.Deliveries.Select(delivery => delivery.State).ShouldBe([DeliveryState.Held, DeliveryState.Removed, DeliveryState.Queued]);
        details.Happenings.Select(step => (step.DeliveryId, step.Kind, step.Actor)).ShouldBe([(id + 1, "held", "m.keller"), (id + 2, "removed", "m.keller")]);
    }

    [Fact]
    public async Task The_number_of_a_delivery_leads_to_its_message_and_one_of_nothing_to_nothing()
    {
        await using var queue = await StartedAsync();
        var id = await queue.AcceptAsync(queue.Message("two", "a@x.example", "b@x.example"));
        var view = new MessageView(queue.Database.DataSource);

        (await view.FindAsync(id + 2, default))!.Message.Id.ShouldBe(id);
        (await view.FindAsync(id + 3, default)).ShouldBeNull();
        (await view.FindAsync(0, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData("sender@a.example")]
    [InlineData("B@X.EXAMPLE")]
    [InlineData("crane 4")]
    [InlineData("<7f31@site2.example>")]
    public async Task A_search_finds_by_sender_recipient_subject_and_message_id(string text)
    {
        await using var queue = await StartedAsync();
        var id = await queue.AcceptAsync(queue.Message("Crane 4 drawings", "a@x.example", "b@x.example") with { HeaderId = "7f31@site2.example" });
        await queue.AcceptAsync(queue.Message("else", "z@z.example") with { Sender = Domain.Addresses.MailAddress.Parse("other@a.example") });

        var search = await new MessageView(queue.Database.DataSource).SearchAsync(text, Week, default);

        var found = search.Found.ShouldHaveSingleItem();
        found.Message.Id.ShouldBe(id);
        found.FirstRecipient.ShouldBe("a@x.example");
        found.States.ShouldBe([(DeliveryState.Queued, 2L)]);
        search.Exact.ShouldBe(text[0] == '<' ? id : null);
    }

    [Fact]
    public async Task A_number_names_its_message_even_when_it_is_older_than_the_search()
    {
        await using var queue = await StartedAsync();
        var id = await queue.AcceptAsync(queue.Message("old", "a@x.example"));

        var search = await new MessageView(queue.Database.DataSource).SearchAsync($"{id + 1}", TimeSpan.Zero, default);

        search.Exact.ShouldBe(id);
        search.Found.ShouldHaveSingleItem().Message.Id.ShouldBe(id);
    }

    [Fact]
    public async Task What_is_past_is_found_by_its_recipient_too()
    {
        await using var queue = await StartedAsync();
        var id = await queue.AcceptAsync(queue.Message("gone", "gone@x.example"));
        await queue.Actions.ActAsync(DeliveryVerb.Remove, [id + 1], Keller, default);

        var search = await new MessageView(queue.Database.DataSource).SearchAsync("gone@x", Week, default);

        search.Found.ShouldHaveSingleItem().States.ShouldBe([(DeliveryState.Removed, 1L)]);
    }

    [Fact]
    public async Task The_newest_messages_come_first()
    {
        await using var queue = await StartedAsync();
        await queue.AcceptAsync(queue.Message("first", "a@x.example"));
        await queue.AcceptAsync(queue.Message("second", "a@x.example"));

        var latest = await new MessageView(queue.Database.DataSource).LatestAsync(10, default);

        latest.Select(found => found.Message.Subject).ShouldBe(["second", "first"]);
    }

    [Fact]
    public async Task Content_is_read_as_text_html_and_parts_with_their_true_size_and_hash()
    {
        await using var queue = await StartedAsync();
        var (message, contents) = await AcceptAsync(queue, Letter);

        var reading = await contents.ReadAsync(message, default);

        reading.ShouldNotBeNull();
        reading.Text!.Trim().ShouldBe("Größe");
        reading.Html!.ShouldContain("<b>");
        reading.Fields.ShouldContain(new MessageField("Subject", "Crane Größe"));
        var file = reading.Parts.Single(part => part.IsFile);
        file.ShouldBe(new MessagePart(3, "application/pdf", "plan (rev C).pdf", 5, Convert.ToHexStringLower(SHA256.HashData("hello"u8)), true, false));
    }

    [Fact]
    public async Task A_part_comes_out_decoded_and_the_message_as_it_came_in()
    {
        await using var queue = await StartedAsync();
        var (message, contents) = await AcceptAsync(queue, Letter);

        var part = await contents.PartAsync(message, 3, default);
        using var raw = await contents.OpenAsync(message, default);

        part!.Value.FileName.ShouldBe("plan (rev C).pdf");
        Encoding.ASCII.GetString(part.Value.Bytes.Memory.Span).ShouldBe("hello");
        Encoding.UTF8.GetString(raw!.Memory.Span).ShouldBe(Letter);
        (await contents.PartAsync(message, 4, default)).ShouldBeNull();
        (await contents.PartAsync(message, 0, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Content_that_is_no_longer_kept_is_nothing_and_content_that_is_damaged_says_so()
    {
        await using var queue = await StartedAsync();
        var (message, contents) = await AcceptAsync(queue, Letter);
        await queue.ExecuteAsync("update message_content set data = substring(data for 10)");

        await Should.ThrowAsync<ContentDamagedException>(() => contents.ReadAsync(message, default));
        await queue.ExecuteAsync("delete from message_content");
        (await contents.ReadAsync(message, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Large_content_is_read_chunk_by_chunk_and_its_part_hashed_whole()
    {
        await using var queue = await StartedAsync();
        var bytes = RandomNumberGenerator.GetBytes(1_500_000);
        var text = Letter.Replace("aGVsbG8=", Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks), StringComparison.Ordinal);
        var (message, contents) = await AcceptAsync(queue, text);

        var reading = await contents.ReadAsync(message, default);
        var part = await contents.PartAsync(message, 3, default);

        reading!.Parts[2].Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        reading.IsRawCut.ShouldBeTrue();
        using var content = part!.Value.Bytes;
        content.Length.ShouldBe(bytes.Length);
    }

    private const string Letter =
        "From: a@b.example\r\nSubject: =?utf-8?Q?Crane_Gr=C3=B6=C3=9Fe?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n"
        + "--i\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGröße\r\n--i\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n--i--\r\n"
        + "--o\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"C:\\\\temp\\\\plan (rev C).pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--o--\r\n";

    private static async Task<(MessageRow Message, MessageViewContent Contents)> AcceptAsync(TestQueue queue, string content)
    {
        var spool = Path.Combine(queue.Folder, $"{Guid.NewGuid():N}");
        var bytes = Encoding.UTF8.GetBytes(content);
        using var writer = new ContentWriter(queue.Folder);
        writer.Write(bytes);
        var id = await queue.AcceptAsync(queue.Message("x", "a@x.example") with { Content = writer.Complete() });
        Directory.CreateDirectory(spool);
        return ((await new MessageView(queue.Database.DataSource).RowAsync(id, default))!, new MessageViewContent(queue.Database.DataSource, queue.Contents, spool));
    }

    private static async Task<TestQueue> StartedAsync()
    {
        var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        return queue;
    }
}
