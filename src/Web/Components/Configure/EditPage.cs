using Microsoft.AspNetCore.Components;
using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.Configure;

/// <summary>A list with the form of one of its things beside it: what is typed outlives live updates, and each try says how it ended.</summary>
public abstract class EditPage : LivePage
{
    private string formOf = "";
    private bool isBusy;

    [Inject]
    protected CurrentOperator Current { get; set; } = null!;

    /// <summary>Who sits at the window; null until it was read.</summary>
    protected Operator? Person { get; set; }

    /// <summary>What the last try ended with; null when it did not fail.</summary>
    protected string? Refusal { get; set; }

    /// <summary>What deleting would mean is shown in place of the form.</summary>
    protected bool IsDeleting { get; set; }

    /// <summary>Why the person may only look; null when they may change it.</summary>
    protected abstract string? WhyNot { get; }

    /// <summary>Something in the form differs from what is stored.</summary>
    protected abstract bool IsTyped { get; }

    /// <summary>Why saving would do nothing just now.</summary>
    protected string? WhyNotSave => WhyNot ?? (isBusy ? "Saving." : IsTyped ? null : "Nothing has been changed.");

    /// <summary>Is the form to be filled anew for what the address asks for? What is being typed stays; saving finds out what others did.</summary>
    protected bool Begins(string asked)
    {
        if (asked == formOf)
        {
            return !IsTyped;
        }

        (Refusal, IsDeleting, formOf) = (null, false, asked);
        return true;
    }

    /// <summary>The form is done with; the same thing opened again starts from what is stored.</summary>
    protected void Forget() => formOf = "";

    /// <summary>Saves or deletes, and keeps why that failed.</summary>
    protected async Task TryAsync(Func<Operator, Task> act, string reason = "")
    {
        (isBusy, Refusal) = (true, null);
        try
        {
            await act(await Current.WhoAsync(reason));
        }
        catch (Exception e) when (e is RightMissingException or NpgsqlException)
        {
            Refusal = VisibleText.Of(e.Message);
        }
        finally
        {
            isBusy = false;
        }
    }
}
