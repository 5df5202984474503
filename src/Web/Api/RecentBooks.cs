using Postern.Infrastructure.Queue;

namespace Postern.Web.Api;

/// <summary>The books for programs: checked when somebody asks, but not again for those who ask in the seconds after, however many they are.</summary>
public sealed class RecentBooks(Books books, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim turn = new(1);
    private (BooksBalance Balance, long At)? last;

    /// <summary>As they are, or were a moment ago.</summary>
    public async Task<BooksBalance> ReadAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (last is not { } known || clock.GetElapsedTime(known.At) > Fresh)
            {
                var balance = await books.CheckAsync(cancellationToken);
                last = (balance, clock.GetTimestamp());
                return balance;
            }

            return known.Balance;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
