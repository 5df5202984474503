using System.CommandLine;
using System.Globalization;
using Postern.Domain.Directory.Canaries;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>canaries</c>: how the probes of connectors and the canary entries of partners are doing.</summary>
internal static class CanariesVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var command = new Command("canaries", "How the probes of connectors and the canary entries of partners are doing; ends with 1 when one is late");
        verbs.Set(command, async (verb, token) =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var rows = await new CanaryView(verb.Database.Source).ListAsync(token);
            var entries = await new PartnerStore(verb.Database.Source, new PartnerKinds([])).CanariesAsync(null, token);
            if (verb.Answer.IsJson)
            {
                await verb.Answer.JsonAsync(CanaryAnswers.Of(rows, entries, now));
            }
            else
            {
                await TellAsync(verb.Answer, rows, entries, now);
            }

            return rows.Any(row => row.IsLate(now)) || entries.Any(entry => !entry.IsGood) ? ExitCode.No : ExitCode.Done;
        });
        return command;
    }

    private static async Task TellAsync(Answer answer, IReadOnlyList<CanaryRow> rows, IReadOnlyList<CanarySight> entries, DateTimeOffset now)
    {
        if (rows.Count == 0)
        {
            await answer.LineAsync("No connector has a canary. It is switched on in the connector's settings: canary.recipient.");
        }
        else
        {
            await answer.TableAsync(["CONNECTOR", "ROUND TRIP", "CAME BACK", "LAST SENT", "MAILBOX"], rows.Select(row => Row(row, now)));
        }

        foreach (var entry in entries)
        {
            await answer.LineAsync(entry.Sentence(now));
        }
    }

    private static IReadOnlyList<string> Row(CanaryRow row, DateTimeOffset now) =>
        [row.Connector, CanaryLook.Of(row, now).Word.Replace('\u202f', ' '), Instant(row.BackAt), Instant(row.Last?.SentAt), row.Settings.Recipient];

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
