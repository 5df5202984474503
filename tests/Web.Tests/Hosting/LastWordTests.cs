using Microsoft.Extensions.DependencyInjection;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Support;
using Postern.Web.Hosting;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Hosting;

public sealed class LastWordTests
{
    [Fact]
    [Trait("source", "Q151431")]
    [Trait("source", "Q151669")]
    public async Task A_process_that_loses_a_part_says_so_in_its_last_event_and_ends_instead_of_looking_alive()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var folder = new TestFolder();
        var broken = new BrokenPart();
        await using var server = await PosternServer.StartAsync(
            Options(database, folder), TextWriter.Null, builder => builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostedService>(broken), CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var told = server.WaitForEndAsync(stop.Token);
        var end = server.WaitForEndAsync(CancellationToken.None);
        await stop.CancelAsync();
        (await told).ShouldBe("", "who is told to end has no last word");
        end.IsCompleted.ShouldBeFalse();

        broken.Break.SetResult();

        var sentence = await end.WaitAsync(TimeSpan.FromSeconds(30));
        sentence.ShouldEndWith("ends, because BrokenPart has ended with an error: the table is gone.");
        var last = (await new EventView(database.DataSource).PageAsync(new EventFilter(), CancellationToken.None)).Rows[0];
        (last.Code, last.Severity, last.Text).ShouldBe((EventCodes.PartLost, "error", sentence));
    }

    private static ServeOptions Options(TestDatabase database, TestFolder folder) => new()
    {
        DataFolder = folder["data"],
        HttpPort = 0,
        SmtpPort = 0,
        Database = database.ConnectionString,
        AdminPassword = "correct horse battery staple",
    };

    private sealed class BrokenPart : Microsoft.Extensions.Hosting.BackgroundService
    {
        public TaskCompletionSource Break { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Break.Task.WaitAsync(stoppingToken);
            throw new InvalidOperationException("the table is gone.");
        }
    }
}
