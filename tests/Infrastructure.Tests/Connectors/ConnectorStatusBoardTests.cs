using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ConnectorStatusBoardTests
{
    [Fact]
    public async Task A_delivery_that_is_taken_proves_life()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());

        var status = await StatusAfterAsync(queue);

        status.ShouldBe("running  t");
    }

    [Fact]
    public async Task A_peer_that_cannot_be_reached_is_a_failure_with_its_reason()
    {
        await using var queue = await TestQueue.CreateAsync(
            new ScriptedConnector(_ => new AttemptOutcome.Deferred("4.4.1", "", "relay.example refused the connection.", "", DestinationDown: true)));

        var status = await StatusAfterAsync(queue);

        status.ShouldBe("failed relay.example refused the connection. f");
    }

    private static async Task<string> StatusAfterAsync(TestQueue queue)
    {
        var database = queue.Database.DataSource;
        var worker = await WorkerIdentity.RegisterAsync(database, "node", "test", CancellationToken.None);
        var board = new ConnectorStatusBoard(database, worker, TimeProvider.System, NullLogger<ConnectorStatusBoard>.Instance);
        var ended = new TaskCompletionSource();
        queue.Dispatcher.CallEnded += call =>
        {
            board.NoteCall(call);
            ended.TrySetResult();
        };
        await queue.StartAsync();

        await queue.AcceptAsync(queue.Message("a letter", "r@x.example"));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));

        (await board.RunOnceAsync(CancellationToken.None)).ShouldBe(1);
        return await queue.ScalarAsync<string>("select state || ' ' || failure || ' ' || case when alive_at is null then 'f' else 't' end from connector_status");
    }
}
