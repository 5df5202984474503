using System.Globalization;
using Microsoft.Playwright;
using Npgsql;
using Postern.Infrastructure.Database;

namespace Postern.Bench;

/// <summary>What open overviews cost the server, over a long queue: processor time of the process and its database, and what the relay loses meanwhile.</summary>
/// <remarks>The browser is not what is measured: it runs when nobody else wants the processor, has a moment to draw a page before anything is measured, and draws nothing after that.</remarks>
internal static class DashboardBench
{
    private const int Mails = 12_000;
    private const int Pairs = 5;
    private const double CostLimit = 10;
    private const double LossLimit = 5;

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Drawing = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(int rows, int windows)
    {
        using var sink = new SmtpSink(Measure.FreePort());
        await using var postern = await PosternUnderTest.StartAsync(sink.Port, [.. LongQueue.Connectors]);
        await using var postgres = await postern.DatabaseAsync();
        await using var database = PosternDataSource.Create(postgres.ConnectionString);
        await LongQueue.FillAsync(database, rows);
        // It would go on for minutes about what the filling left, and count for whoever is measured then.
        await LongQueue.ExecuteAsync(database, "alter system set autovacuum = off");
        await LongQueue.ExecuteAsync(database, "select pg_reload_conf()");
        var postmaster = await PostmasterAsync(database);
        await SmtpBench.RoundAsync(sink, postern.Port, Mails / 2);

        var without = await CostAsync(postern, postmaster);
        await using var dashboards = await Dashboards.OpenAsync(postern, windows);
        var with = await CostAsync(postern, postmaster);
        var cost = with - without;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} deliveries wait; of one core: {without:F1} % with no window, {with:F1} % with {windows} overviews"));

        var rates = (Alone: new List<double>(), Watched: new List<double>());
        var work = (Alone: new List<(double Server, double Database)>(), Watched: new List<(double Server, double Database)>());
        for (var pair = 1; pair <= Pairs; pair++)
        {
            await RoundAsync(rates.Watched, work.Watched);
            await dashboards.LeaveAsync();
            await RoundAsync(rates.Alone, work.Alone);
            await dashboards.ComeBackAsync();
        }

        async Task RoundAsync(List<double> ofRates, List<(double Server, double Database)> ofWork)
        {
            var before = postern.ProcessorTimes(postmaster);
            ofRates.Add(await SmtpBench.RoundAsync(sink, postern.Port, Mails));
            var after = postern.ProcessorTimes(postmaster);
            ofWork.Add(((after.Server - before.Server).TotalMilliseconds / Mails, (after.Database - before.Database).TotalMilliseconds / Mails));
        }

        static string OfOneMessage(List<(double Server, double Database)> work) => string.Create(
            CultureInfo.InvariantCulture, $"{Measure.Median([.. work.Select(one => one.Server)]):F3} ms in the server, {Measure.Median([.. work.Select(one => one.Database)]):F3} ms in the database");

        var loss = 100 * (1 - (Measure.Median(rates.Watched) / Measure.Median(rates.Alone)));
        Console.WriteLine($"relay alone: {Measure.Range(rates.Alone)} messages/s; watched: {Measure.Range(rates.Watched)} messages/s");
        Console.WriteLine($"processor time of one message: {OfOneMessage(work.Alone)} alone; {OfOneMessage(work.Watched)} watched");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{windows} overviews cost {cost:F1} % of a core, the relay loses {loss:F1} %"));
        return cost < CostLimit && loss < LossLimit ? 0 : 1;
    }

    private static async Task<double> CostAsync(PosternUnderTest postern, int postmaster)
    {
        var before = postern.ProcessorTimes(postmaster);
        await Task.Delay(Watched, TimeProvider.System);
        var after = postern.ProcessorTimes(postmaster);
        return 100 * (after.Server - before.Server + after.Database - before.Database) / Watched;
    }

    private static async Task<int> PostmasterAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private sealed class Dashboards(IPlaywright playwright, IBrowser browser, List<IPage> pages) : IAsyncDisposable
    {
        public static async Task<Dashboards> OpenAsync(PosternUnderTest postern, int windows)
        {
            var playwright = await Playwright.CreateAsync();
            var idle = Path.Combine(Directory.CreateTempSubdirectory("postern-bench-").FullName, "chromium");
            var program = new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium" }.First(File.Exists);
            await File.WriteAllTextAsync(idle, $"#!/bin/sh\nexec chrt --idle 0 {program} \"$@\"\n");
            File.SetUnixFileMode(idle, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = idle, Args = ["--no-sandbox", "--disable-gpu"] });
            var context = await browser.NewContextAsync(new() { BaseURL = postern.Url });
            context.SetDefaultTimeout(60_000);
            var pages = new List<IPage>();
            for (var window = 0; window < windows; window++)
            {
                pages.Add(await context.NewPageAsync());
                await pages[^1].GotoAsync("/");
                if (window == 0)
                {
                    await pages[0].GetByLabel("Name").FillAsync("admin");
                    await pages[0].GetByLabel("Password").FillAsync(postern.Password);
                    await pages[0].GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
                }

                await ShowAsync(pages[^1]);
            }

            await Task.Delay(Drawing, TimeProvider.System);
            return new Dashboards(playwright, browser, pages);
        }

        // From then on the window takes what it is sent and answers for it, and has nothing to lay out or to paint.
        private static async Task ShowAsync(IPage page)
        {
            await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
            await page.EvaluateAsync("() => { document.documentElement.style.display = 'none'; }");
        }

        public async Task LeaveAsync()
        {
            foreach (var page in pages)
            {
                await page.GotoAsync("about:blank");
            }
        }

        public async Task ComeBackAsync()
        {
            foreach (var page in pages)
            {
                await page.GotoAsync("/");
                await ShowAsync(page);
            }

            await Task.Delay(Drawing, TimeProvider.System);
        }

        public async ValueTask DisposeAsync()
        {
            await browser.DisposeAsync();
            playwright.Dispose();
        }
    }
}
