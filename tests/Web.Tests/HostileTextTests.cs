using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Web.Cli;
using Postern.Web.Components.Shared;
using Postern.Web.Hosting;
using Postern.Web.Tests.Api;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests;

/// <summary>What a peer sends is inert wherever it is read outside a page (promise P8).</summary>
[Collection(ApiUnderTest.Name)]
public sealed class HostileTextTests(ApiUnderTest api)
{
    [Fact]
    public void On_a_page_it_is_text_of_bounded_length()
    {
        foreach (var (name, value) in HostileText.All)
        {
            HostileText.ActsIn(VisibleText.Of(value)).ShouldBeEmpty(name);
            VisibleText.Of(value).Length.ShouldBeLessThan(VisibleText.ListLimit * 12, name);
        }
    }

    [Fact]
    public void In_a_log_it_is_one_line()
    {
        foreach (var (name, value) in HostileText.All)
        {
            var line = new StringWriter();
            new OneLine(TimeProvider.System).Write(
                new LogEntry<string>(LogLevel.Warning, "Postern.Test", new EventId(1), value, new InvalidOperationException(value), (state, _) => state), null, line);

            var text = line.ToString();
            text.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn: Postern\.Test\[1\] ", name);
            text.TrimEnd('\n').ShouldNotContain("\n", customMessage: name);
            HostileText.ActsIn(text).ShouldBeEmpty(name);
        }
    }

    [Fact]
    public void A_spreadsheet_shows_it_and_works_nothing_out()
    {
        foreach (var (name, value) in HostileText.All)
        {
            var cell = CsvText.Cell(value);

            HostileText.ActsIn(cell).ShouldBeEmpty(name);
            cell.ShouldNotContain("\n", customMessage: name);
            cell[1..^1].Replace("\"\"", "", StringComparison.Ordinal).ShouldNotContain("\"", customMessage: name);
            // Whatever separator a program believes in, no cell starts with what starts a formula.
            System.Text.RegularExpressions.Regex.IsMatch(cell, "(^|[,;|\"])\\s*[=+@\uff1d\uff0b\uff0d\uff20-]").ShouldBeFalse($"{name}: {cell}");
        }
    }

    [Fact]
    public async Task In_an_answer_of_the_API_it_is_escaped_and_comes_out_as_it_went_in()
    {
        var ids = await FillAsync("api");
        using var client = await api.ReaderAsync();

        var raw = await client.GetStringAsync("/api/v1/deliveries?destination=hostile-api&limit=1000");
        var one = await client.GetStringAsync($"/api/v1/deliveries/{ids[0]}");
        var events = await client.GetStringAsync("/api/v1/events?limit=1000&connector=hostile-api");

        foreach (var text in new[] { raw, one, events })
        {
            text.ShouldAllBe(c => c >= ' ' && c < '\u007f' && c != '<' && c != '>' && c != '&' && c != '\'');
        }

        var subjects = JsonDocument.Parse(raw).RootElement.GetProperty("deliveries").EnumerateArray().Select(row => row.GetProperty("subject").GetString()).ToList();
        subjects.ShouldBe(HostileText.All.Select(text => Storable(text.Value, 500)));
        JsonDocument.Parse(raw).RootElement.GetProperty("deliveries").EnumerateArray().Select(row => row.GetProperty("reply").GetString())
            .ShouldBe(HostileText.All.Select(text => Storable(text.Value, 2_000)));
    }

    [Fact]
    public async Task In_the_exported_file_every_row_has_its_columns_and_no_formula()
    {
        await FillAsync("csv");
        using var client = await api.SignedInAsync();

        var answer = await client.GetAsync("/queue.csv?destination=hostile-csv");

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        answer.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=deliveries.csv");
        var lines = (await answer.Content.ReadAsStringAsync()).TrimStart('\ufeff').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(HostileText.All.Count + 1);
        foreach (var line in lines)
        {
            HostileText.ActsIn(line).ShouldBeEmpty(line);
            Columns(line).ShouldBe(16, line);
        }

        using var stranger = api.Client();
        (await stranger.GetAsync("/queue.csv")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task In_a_terminal_no_verb_lets_it_act()
    {
        var ids = await FillAsync("cli");
        var reason = HostileText.All.First(text => text.Name == "ANSI title").Value + "\u202e<b>";
        // What is ended is read as an address again; no intake takes one that is none.
        await api.Queue.ExecuteAsync(
            $$"""update delivery set sender = E'"<script>\u202e"@evil.example', recipient = E'"<b>\u202e"@evil.example', original_recipient = '' where id = {{ids[1]}}""");
        var held = await RunAsync("queue", "hold", $"{ids[0]}", "--reason", reason);
        var operation = await api.Queue.ScalarAsync<long>("select max(id) from operation");
        string[][] verbs =
        [
            ["queue", "list", "--destination", "hostile-cli", "--limit", "1000"],
            ["queue", "list", "--destination", "hostile-cli", "--limit", "1000", "--json"],
            .. ids.Select(id => new[] { "queue", "show", $"{id}" }),
            ["queue", "show", $"{ids[12]}", "--json"],
            ["queue", "list", "--connector", reason],
            ["queue", "list", "--state", reason],
            ["queue", "list", "--age", reason],
            ["queue", "list", "--older-than", reason],
            ["queue", "release", $"{ids[0]}", "--reason", reason],
            ["queue", "retry", $"{ids[1]}", $"{ids[0]}", "999999999", "--json"],
            ["queue", "return", "--destination", "hostile-cli", "--dry-run"],
            ["queue", "remove", "--destination", "hostile-cli", "--dry-run", "--json"],
            ["queue", "remove", $"{ids[1]}", "--reason", reason],
            ["operation", "list"],
            ["operation", "list", "--json"],
            ["operation", "show", $"{operation}"],
            ["operation", "show", $"{operation}", "--json"],
            ["operation", "cancel", $"{operation}"],
            ["operation", "undo", $"{operation}"],
            ["books"],
            ["books", "--json"],
            ["key", "list"],
            ["route", "explain", "x@hostile.example", "--from", reason],
        ];
        foreach (var verb in verbs)
        {
            var text = await RunAsync(verb);
            text.ShouldNotBeEmpty(string.Join(' ', verb));
            HostileText.ActsIn(text).ShouldBeEmpty($"{string.Join(' ', verb)}: {text}");
        }

        held.ShouldContain("held");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        await CommandLine.RunAsync(arguments, output, error, api.Queue.Database.ConnectionString);
        return output.ToString() + error;
    }

    private Task<List<long>> FillAsync(string place) => HostileMail.FillAsync(api.Queue, $"hostile-{place}");

    private static string Storable(string text, int limit) => Postern.Infrastructure.Queue.Storable.Text(text, limit);

    // Cells of a line by RFC 4180.
    private static int Columns(string line)
    {
        var (count, isQuoted) = (1, false);
        foreach (var c in line)
        {
            isQuoted ^= c == '"';
            count += c == ',' && !isQuoted ? 1 : 0;
        }

        return count;
    }
}
