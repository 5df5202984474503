using System.Net;
using System.Text;
using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Tests.Api;

/// <summary>What can be read, in the shapes that the command line prints.</summary>
[Collection(ApiUnderTest.Name)]
public sealed class ApiReadingTests(ApiUnderTest api)
{
    [Fact]
    public async Task Deliveries_come_page_by_page_without_one_missing_or_coming_twice()
    {
        var expected = await AcceptAsync("paging.example", 25);
        using var client = await api.ReaderAsync();
        var seen = new List<long>();

        string? next = "/api/v1/deliveries?domain=paging.example&limit=10";
        while (next is not null)
        {
            var answer = await client.GetAsync(next);
            var page = await answer.JsonAsync(200);
            seen.AddRange(page.GetProperty("deliveries").EnumerateArray().Select(delivery => delivery.GetProperty("id").GetInt64()));
            next = page.TryGetProperty("next", out var link) ? link.GetString() : null;
            page.GetProperty("more").GetBoolean().ShouldBe(next is not null);
            (answer.Headers.TryGetValues("Link", out var links) ? links.Single() : null).ShouldBe(next is null ? null : $"<{next}>; rel=\"next\"");
        }

        seen.ShouldBe(expected);
    }

    [Fact]
    public async Task The_filter_has_the_words_of_the_queue_page()
    {
        var ids = await AcceptAsync("filter.example", 3);
        await api.Queue.ExecuteAsync($"update delivery set state = 'held', attempts = 4 where id = {ids[1]}");
        using var client = await api.ReaderAsync();

        (await IdsAsync("state=held&domain=filter.example")).ShouldBe([ids[1]]);
        (await IdsAsync("tries=4&domain=filter.example&connector=smtp-test&size=1&report=no&age=-1h&sender=sender@&find=filter")).ShouldBe([ids[1]]);
        (await IdsAsync("domain=filter.example&sort=-recipient")).ShouldBe([ids[2], ids[1], ids[0]]);
        (await IdsAsync("domain=filter.example&age=1h-")).ShouldBeEmpty();

        async Task<IEnumerable<long>> IdsAsync(string query) => (await client.JsonAsync($"/api/v1/deliveries?{query}")).GetProperty("deliveries").EnumerateArray()
            .Select(delivery => delivery.GetProperty("id").GetInt64()).ToList();
    }

    [Fact]
    public async Task A_cursor_of_another_order_is_refused()
    {
        await AcceptAsync("cursor.example", 2);
        using var client = await api.ReaderAsync();
        var next = (await client.JsonAsync("/api/v1/deliveries?domain=cursor.example&limit=1")).GetProperty("next").GetString()!;

        var answer = await client.GetAsync($"{next}&sort=size");

        (await answer.ProblemAsync(400)).ShouldContain("does not belong to this list in this order");
    }

    [Fact]
    public async Task A_delivery_is_explained_with_what_happened_to_it()
    {
        var id = (await AcceptAsync("explain.example", 1))[0];
        await api.Queue.Operations.RunAsync(
            (await api.Queue.Operations.StartAsync(DeliveryVerb.Hold, [id], Infrastructure.Audit.Operator.Local("dock closed"), default)).Id, null, default);
        using var client = await api.ReaderAsync();

        var found = await client.JsonAsync($"/api/v1/deliveries/{id}");

        found.GetProperty("delivery").GetProperty("state").GetString().ShouldBe("held");
        found.GetProperty("delivery").GetProperty("acceptedAt").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$");
        found.GetProperty("explanation").GetProperty("title").GetString()!.ShouldContain("dock closed");
        found.GetProperty("explanation").GetProperty("answers")[0].GetProperty("answer").GetString()!.ShouldContain("Release it");
        found.GetProperty("timeline")[0].GetProperty("kind").GetString().ShouldBe("held");
    }

    [Fact]
    public async Task Messages_are_listed_found_and_given_out_byte_for_byte()
    {
        var bytes = Encoding.Latin1.GetBytes("From: a@b.example\r\nSubject: bytes\r\n\r\n\0\u00ff<script>\r\n");
        var id = await api.Queue.AcceptAsync(api.Queue.Message("bytes", "r@content.example") with
        {
            Content = MessageContent.FromMemory(bytes),
            HeaderId = "bytes@b.example",
            Sender = MailAddress.Parse("bytes@b.example"),
        });
        var other = await api.Queue.AcceptAsync(api.Queue.Message("later", "r@content.example"));
        using var client = await api.ReaderAsync();

        var first = await client.JsonAsync("/api/v1/messages?recipient=@content.example&limit=1");
        var second = await client.JsonAsync(first.GetProperty("next").GetString()!);
        var byId = await client.JsonAsync("/api/v1/messages?id=%3Cbytes@b.example%3E&days=1&report=no&sender=BYTES@&subject=byt");
        var one = await client.JsonAsync($"/api/v1/messages/{id}");
        var content = await client.GetAsync($"/api/v1/messages/{id}/content");

        Id(first.GetProperty("messages")[0]).ShouldBe(other);
        Id(second.GetProperty("messages")[0]).ShouldBe(id);
        second.TryGetProperty("next", out _).ShouldBeFalse();
        Id(byId.GetProperty("messages")[0]).ShouldBe(id);
        one.GetProperty("deliveries")[0].GetProperty("recipient").GetString().ShouldBe("r@content.example");
        one.GetProperty("isCut").GetBoolean().ShouldBeFalse();
        (await content.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        content.Content.Headers.ContentType!.MediaType.ShouldBe("message/rfc822");
        content.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        content.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Fact]
    public async Task Content_that_was_removed_after_its_time_is_gone_and_so_says_the_answer()
    {
        var id = await api.Queue.AcceptAsync(api.Queue.Message("old", "r@gone.example"));
        await api.Queue.ExecuteAsync($"delete from message_content where message_id = {id}");
        using var client = await api.ReaderAsync();

        var answer = await client.GetAsync($"/api/v1/messages/{id}/content");

        (await answer.ProblemAsync(410)).ShouldContain("kept no longer");
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        var id = await api.Queue.AcceptAsync(api.Queue.Message("tag", "r@tag.example"));
        await api.Queue.ExecuteAsync("insert into site (name, smtp_domains) values ('SITE9', '{nine.example}') on conflict do nothing");
        using var client = await api.ReaderAsync();

        (await AgainAsync($"/api/v1/messages/{id}/content")).ShouldBe(HttpStatusCode.NotModified);
        (await AgainAsync("/api/v1/sites")).ShouldBe(HttpStatusCode.NotModified);
        (await AgainAsync("/api/v1/post-offices")).ShouldBe(HttpStatusCode.NotModified);

        async Task<HttpStatusCode> AgainAsync(string path)
        {
            var first = await client.GetAsync(path);
            first.StatusCode.ShouldBe(HttpStatusCode.OK);
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.IfNoneMatch.Add(first.Headers.ETag.ShouldNotBeNull());
            return (await client.SendAsync(request)).StatusCode;
        }
    }

    [Fact]
    public async Task Connectors_show_their_settings_without_secrets()
    {
        await api.Queue.ExecuteAsync(
            """
            insert into connector (name, kind, settings, desired_state)
            values ('secretive', 'smtp', '{"smartHosts": ["a.example"], "password": "hunter2", "deep": [{"apiToken": "hunter2"}], "passwordSecret": "relay"}', 'stopped')
            """);
        using var client = await api.ReaderAsync();

        var one = await client.JsonAsync("/api/v1/connectors/secretive");
        var all = await client.GetStringAsync("/api/v1/connectors");

        one.GetProperty("wanted").GetString().ShouldBe("stopped");
        one.GetProperty("settings").GetProperty("smartHosts")[0].GetString().ShouldBe("a.example");
        one.GetProperty("settings").GetProperty("passwordSecret").GetString().ShouldBe("relay");
        all.ShouldContain("smtp-test");
        (one.GetRawText() + all).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Events_books_sites_and_post_offices_are_there()
    {
        await api.Queue.ExecuteAsync(
            """
            insert into event (code, severity, connector, text, details) values (1, 'error', 'smtp-test', 'first', '{"a": 1}'), (2, 'warning', '', 'second', null);
            insert into site (name, smtp_domains, ccmail_post_office) values ('SITE1', '{site1.example}', 'SITE1');
            insert into post_office (system, name, connector_id) select 'CCMAIL', 'SALES', id from connector where name = 'smtp-test';
            insert into post_office (system, name, via_id) select 'CCMAIL', 'BEHIND', id from post_office;
            """);
        using var client = await api.ReaderAsync();

        var newest = await client.JsonAsync("/api/v1/events?limit=1");
        var older = await client.JsonAsync(newest.GetProperty("next").GetString()!);
        var books = await client.JsonAsync("/api/v1/books");
        var sites = await client.JsonAsync("/api/v1/sites");
        var offices = await client.JsonAsync("/api/v1/post-offices?limit=1");
        var behind = await client.JsonAsync(offices.GetProperty("next").GetString()!);

        newest.GetProperty("events")[0].GetProperty("text").GetString().ShouldBe("second");
        older.GetProperty("events")[0].GetProperty("details").GetProperty("a").GetInt32().ShouldBe(1);
        books.EnumerateObject().Select(property => property.Name).ShouldBe(
            ["accepted", "delivered", "bounced", "removed", "expanded", "queued", "leased", "held", "quarantined", "balanced", "checkedAt", "differences"]);
        sites.GetProperty("sites").EnumerateArray().ShouldContain(site => site.GetProperty("name").GetString() == "SITE1");
        (offices.GetProperty("postOffices")[0].GetProperty("connector").GetString(), behind.GetProperty("postOffices")[0].GetProperty("via").GetString()).ShouldBe(("smtp-test", "SALES"));
    }

    [Fact]
    public async Task A_thousand_requests_at_sixteen_a_time_are_all_answered()
    {
        await AcceptAsync("load.example", 5);
        using var client = await api.ReaderAsync();
        string[] paths = ["/api/v1/deliveries?domain=load.example", "/api/v1/messages?limit=5", "/api/v1/connectors", "/api/v1/books"];
        var answers = new System.Collections.Concurrent.ConcurrentBag<HttpStatusCode>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            using var answer = await client.GetAsync(paths[i % paths.Length], token);
            answers.Add(answer.StatusCode);
        });

        answers.Count(status => status == HttpStatusCode.OK).ShouldBe(1_000);
    }

    private async Task<List<long>> AcceptAsync(string domain, int count)
    {
        var ids = new List<long>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await api.Queue.AcceptAsync(api.Queue.Message($"m{i}", $"{(char)('a' + i)}@{domain}")) + 1);
        }

        return ids;
    }

    private static long Id(JsonElement message) => message.GetProperty("id").GetInt64();
}
