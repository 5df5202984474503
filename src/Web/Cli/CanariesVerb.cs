using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>canaries</c>: how the probes of connectors are doing.</summary>
internal static class CanariesVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var command = new Command("canaries", "How the probes of connectors are doing; ends with 1 when one is late");
        verbs.Set(command, async (verb, token) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var rows = await new CanaryView(verb.Database.Source).ListAsync(token);
            if (verb.Answer.IsJson)
            {
                await verb.Answer.JsonAsync(CanaryAnswers.Of(rows, now));
            }
            else if (rows.Count == 0)
            {
                await verb.Answer.LineAsync("No connector has a canary. It is switched on in the connector's settings: canary.recipient.");
            }
            else
            {
                await verb.Answer.TableAsync(["CONNECTOR", "ROUND TRIP", "CAME BACK", "LAST SENT", "MAILBOX"], rows.Select(row => Row(row, now)));
            }

            return rows.Any(row => row.IsLate(now)) ? ExitCode.No : ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<string> Row(CanaryRow row, DateTimeOffset now) =>
        [row.Connector, CanaryLook.Of(row, now).Word.Replace('\u202f', ' '), Instant(row.BackAt), Instant(row.Last?.SentAt), row.Settings.Recipient];

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
