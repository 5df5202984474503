using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Hands out consecutive ids for a message and its deliveries from blocks reserved in the database.</summary>
public sealed class MailIdBlocks(NpgsqlDataSource database) : IDisposable
{
    /// <summary>Ids per reservation; the increment of the sequence <c>mail_id</c>. One message with its recipients must fit.</summary>
    public const int BlockSize = 10_000;

    private readonly SemaphoreSlim turn = new(1);
    private long next;
    private long end;

    /// <summary>The first of <paramref name="count"/> consecutive ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More ids than a block holds.</exception>
    public async ValueTask<long> TakeAsync(int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BlockSize);
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (end - next < count)
            {
                await using var command = database.CreateCommand("select nextval('mail_id')");
                next = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
                end = next + BlockSize;
            }

            var first = next;
            next += count;
            return first;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
