using Microsoft.AspNetCore.Components;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Watch;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Watch;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.Alerts;

/// <summary>Who is told of alerts by mail and webhook, of which and how often; when senders hear that their mail waits.</summary>
public sealed partial class AlertSettingsPage : LivePage
{
    private IReadOnlyList<string> faults = [];
    private string recipients = "";
    private string webhooks = "";
    private string secret = "";
    private string severity = "warning";
    private string repeat = "";
    private string delay = "";
    private string saved = "";

    [Inject]
    private AlertSettingsStore Store { get; set; } = null!;

    [Inject]
    private CurrentOperator Current { get; set; } = null!;

    private string? WhyNot { get; set; }

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var settings = await Store.ReadAsync(cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        recipients = string.Join('\n', settings.Recipients);
        webhooks = string.Join('\n', settings.Webhooks);
        (secret, severity) = (settings.WebhookSecret, settings.MinimumSeverity.ToWord());
        (repeat, delay) = (AlertSettings.TimeText(settings.RepeatAfter), AlertSettings.TimeText(settings.DelayNotice));
        WhyNot = who.May(Right.Configure) ? null : new RightMissingException(who.Name, Right.Configure).Message;
    }

    /// <summary>What somebody is typing is not taken from them.</summary>
    protected override Task RefreshAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task SaveAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        saved = "";
        var (hasRepeat, hasDelay) = (AlertSettings.TryReadTime(repeat, out var again), AlertSettings.TryReadTime(delay, out var waited));
        if (!hasRepeat || !hasDelay)
        {
            faults = [$"“{(hasRepeat ? delay : repeat)}” is no time; write 15m, 4h or 1d, and 0 for never."];
            return;
        }

        try
        {
            faults = await Store.ChangeAsync(
                new AlertSettings
                {
                    Recipients = Lines(recipients),
                    Webhooks = Lines(webhooks),
                    WebhookSecret = secret.Trim(),
                    MinimumSeverity = Domain.Watch.AlertWords.SeverityOf(severity),
                    RepeatAfter = again,
                    DelayNotice = waited,
                },
                await Current.WhoAsync(),
                CancellationToken.None);
            saved = faults.Count == 0 ? "Saved. It holds from now on." : "";
        }
        catch (RightMissingException e)
        {
            faults = [e.Message];
        }
        catch (NpgsqlException e)
        {
            faults = [$"The database did not take it: {VisibleText.Of(e.Message)}"];
        }
    }

    private static IReadOnlyList<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
