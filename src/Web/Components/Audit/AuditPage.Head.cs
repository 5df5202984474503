using Microsoft.AspNetCore.Components;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Audit;

public sealed partial class AuditPage
{
    private readonly CancellationTokenSource leaving = new();
    private AuditHeadMail? mail;
    private AuditVerdict? verdict;
    private bool isHead;
    private bool isChecking;

    [Inject]
    private AuditHeadRecipient Recipient { get; set; } = null!;

    [Inject]
    private AuditChain Chain { get; set; } = null!;

    [Inject]
    private RouteModels Routing { get; set; } = null!;

    private string HeadText => mail?.MailTo is { Length: > 0 } to ? $"Daily head: to {VisibleText.Of(to, 40)}" : "Daily head: in the log only";

    /// <summary>A long check ends with the window that asked for it.</summary>
    protected override void Leave() => leaving.Cancel();

    // A place that nothing leads to would be an event tomorrow, which says the same.
    private Task<bool> MailToAsync(string to) => TryAsync(async who =>
        to.Length > 0 && MailAddress.TryParse(to, out var address, out _) && (await Routing.CurrentAsync(CancellationToken.None)).Model.Table.Resolve(address) is not RouteDecision.Routed
            ? $"No route leads to {VisibleText.Of(to, 200)}. Routes → Explain says why."
            : VisibleText.Of(await Recipient.ChangeAsync(to, who, CancellationToken.None), 500));

    private async Task CheckAsync(AuditHead? kept)
    {
        (isChecking, verdict) = (true, null);
        try
        {
            await TryAsync(async who =>
            {
                who.Demand(Right.ManagePeople);
                verdict = await Chain.VerifyAsync(kept, leaving.Token);
                return "";
            });
        }
        catch (OperationCanceledException)
        {
            // The window is gone, and with it who asked.
        }

        isChecking = false;
    }
}
