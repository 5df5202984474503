using Microsoft.Extensions.Logging;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class ListenerSupervisorTests
{
    [Theory]
    [InlineData("""{"maxSessions": "many"}""")]
    [InlineData("[]")]
    public async Task One_whose_stored_settings_cannot_be_read_is_named_and_keeps_no_other_from_listening(string stored)
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.ExecuteAsync($"insert into listener (name, port, settings) values ('good', 0, '{{}}'), ('broken', 0, '{stored}')");
        using var loggers = new RecordingLoggers();
        using var supervisor = new ListenerSupervisor(
            queue.Database.DataSource, LiveRouting.Fixed(RoutingTable.Empty), queue.Intake, new ListenerPlace("mx.site1.example", queue.Folder),
            new FullStorage(queue.Events, TimeProvider.System), new StorageRoom(TimeProvider.System), TimeProvider.System, loggers);

        await supervisor.StartAsync(default);

        supervisor.EndPoints.Keys.ShouldBe(["good"]);
        loggers.Log.Lines.Where(line => line.StartsWith(nameof(LogLevel.Error), StringComparison.Ordinal)).ShouldHaveSingleItem()
            .ShouldStartWith("Error 3005 The settings of listener broken cannot be read; it is left as it is until they are set anew: ");
        await supervisor.StopAsync(default);
    }
}
