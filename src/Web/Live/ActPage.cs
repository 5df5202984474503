using Microsoft.AspNetCore.Components;
using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Security;

namespace Postern.Web.Live;

/// <summary>A page on which people act, one act at a time: each try says how it ended, and the page is read again.</summary>
public abstract class ActPage : LivePage
{
    [Inject]
    protected CurrentOperator Current { get; set; } = null!;

    /// <summary>Why the last try did nothing; null when it did something.</summary>
    protected string? Refusal { get; set; }

    /// <summary>What was done last; null for nothing.</summary>
    protected string? Done { get; set; }

    protected bool IsBusy { get; private set; }

    /// <summary>Tries something; what it answers is why it did nothing, and empty when it did.</summary>
    /// <returns>Something was done.</returns>
    protected async Task<bool> TryAsync(Func<Operator, Task<string>> act, string reason = "")
    {
        if (IsBusy)
        {
            return false;
        }

        (IsBusy, Refusal) = (true, null);
        try
        {
            Refusal = await act(await Current.WhoAsync(reason)) is { Length: > 0 } why ? why : null;
        }
        catch (RightMissingException e)
        {
            Refusal = e.Message;
        }
        catch (NpgsqlException e)
        {
            Refusal = $"The database did not take it: {VisibleText.Of(e.Message)}";
        }
        finally
        {
            IsBusy = false;
        }

        var isDone = Refusal is null;
        await ReloadAsync();
        return isDone;
    }
}
