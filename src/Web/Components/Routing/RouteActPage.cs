using Microsoft.AspNetCore.Components;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;
using Postern.Web.Live;

namespace Postern.Web.Components.Routing;

/// <summary>A page on which people say what post offices know or change routing: what was done can be taken back.</summary>
public abstract class RouteActPage : ActPage
{
    [Inject]
    protected RouteKnowledge Knowledge { get; set; } = null!;

    /// <summary>Who sits at the window; null until it was read.</summary>
    protected Operator? Person { get; set; }

    /// <summary>The number by which it can be taken back; null when it cannot.</summary>
    protected long? DoneAct { get; set; }

    /// <summary>Why the person may not; null when they may.</summary>
    protected string? WhyNot(Right right) => Person is null || Person.May(right) ? null : new RightMissingException(Person.Name, right).Message;

    /// <summary>Acts on the knowledge of post offices and says how it ended.</summary>
    protected Task KnowAsync(string done, Func<Operator, Task<KnowledgeResult>> act, string reason = "") => TryAsync(async who =>
    {
        var result = await act(who);
        if (result.IsDone)
        {
            (Done, DoneAct) = (result.Act is null ? "It was so already; nothing has changed." : done, result.Act);
        }

        return result.Refusal;
    }, reason);

    /// <summary>Takes the last act back.</summary>
    protected Task TakeBackAsync() => DoneAct is not { } act ? Task.CompletedTask : TryAsync(async who =>
    {
        var result = await Knowledge.TakeBackAsync(act, who, CancellationToken.None);
        (Done, DoneAct) = result.IsDone ? ("Taken back.", null) : (Done, DoneAct);
        return result.Refusal;
    });
}
