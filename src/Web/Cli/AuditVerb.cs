using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Audit;

namespace Postern.Web.Cli;

/// <summary><c>audit</c>: who did what, and the proof that nobody has changed it since.</summary>
internal static class AuditVerb
{
    private const int StandardLimit = 100;

    public static Command Create(VerbRunner verbs) => new("audit", "Who did what, and whether the record still holds")
    {
        List(verbs),
        Verify(verbs),
        Head(verbs),
    };

    private static Command List(VerbRunner verbs)
    {
        var actor = new Option<string>("--actor") { Description = "Only acts of this person", HelpName = "NAME" };
        var verb = new Option<string>("--verb") { Description = "Only acts called so", HelpName = "VERB" };
        var text = new Option<string>("--find") { Description = "Only acts with this in target or reason", HelpName = "TEXT" };
        var from = Day("--from", "Only acts of this UTC day or later");
        var to = Day("--to", "Only acts of this UTC day or earlier");
        var limit = new Option<int>("--limit") { Description = "At most so many, the newest first", HelpName = "N", DefaultValueFactory = _ => StandardLimit };
        var command = new Command("list", "Acts, newest first") { actor, verb, text, from, to, limit };
        verbs.Set(command, (run, token) => ListAsync(
            run,
            new AuditFilter
            {
                Actor = run.Parsed.GetValue(actor) ?? "",
                Verb = run.Parsed.GetValue(verb) ?? "",
                Text = run.Parsed.GetValue(text) ?? "",
                From = Start(run.Parsed.GetValue(from)),
                To = Start(run.Parsed.GetValue(to)?.AddDays(1)),
            },
            run.Parsed.GetValue(limit),
            token));
        return command;
    }

    private static Command Verify(VerbRunner verbs)
    {
        var head = new Option<AuditHead?>("--head")
        {
            Description = "A head from the log or a mail; without one a removed end can be hidden",
            HelpName = "H",
            CustomParser = result =>
            {
                if (result.Tokens is [{ Value: var given }] && AuditHead.TryParse(given, out var parsed))
                {
                    return parsed;
                }

                result.AddError("A head is a number, a colon and 64 hexadecimal digits.");
                return null;
            },
        };
        var command = new Command("verify", "Work out every seal anew; ends with 1 at the first row that does not hold") { head };
        verbs.Set(command, (run, token) => VerifyAsync(run, run.Parsed.GetValue(head), token));
        return command;
    }

    private static Command Head(VerbRunner verbs)
    {
        var mailTo = new Option<string>("--mail-to") { Description = "From now on the head goes to this address once a day; empty for nobody", HelpName = "ADDRESS" };
        var command = new Command("head", "The head of this moment, to be kept elsewhere") { mailTo };
        verbs.Set(command, (run, token) => HeadAsync(run, run.Parsed.GetValue(mailTo), token));
        return command;
    }

    private static async Task<int> ListAsync(Verb run, AuditFilter filter, int limit, CancellationToken cancellationToken)
    {
        var (rows, _) = await new AuditView(run.Database.Source).PageAsync(filter, Operator.Local(), cancellationToken, Math.Max(1, limit));
        if (run.Answer.IsJson)
        {
            await run.Answer.JsonAsync(new { acts = rows });
            return ExitCode.Done;
        }

        await run.Answer.TableAsync(
            ["row", "at", "who", "what", "target", "reason"],
            rows.Select(row => (IReadOnlyList<string>)[row.Place.ToString(CultureInfo.InvariantCulture), Time(row.At), row.Actor, row.Verb, row.Target, row.Reason]));
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Verb run, AuditHead? head, CancellationToken cancellationToken)
    {
        var verdict = await new AuditChain(run.Database.Source).VerifyAsync(head, cancellationToken);
        if (run.Answer.IsJson)
        {
            await run.Answer.JsonAsync(new { verdict.Holds, verdict.Rows, head = verdict.Head.ToString(), verdict.Fault });
        }
        else
        {
            await run.Answer.LineAsync(verdict.Holds ? $"The audit holds: {verdict.Rows} rows." : Components.Shared.VisibleText.Of(verdict.Fault, 1000));
            await run.Answer.LineAsync(verdict.Holds ? $"Head: {verdict.Head}" : $"Up to row {verdict.Rows} it holds.");
        }

        return verdict.Holds ? ExitCode.Done : ExitCode.No;
    }

    private static async Task<int> HeadAsync(Verb run, string? mailTo, CancellationToken cancellationToken)
    {
        if (mailTo is not null && await new AuditHeadRecipient(run.Database.Source).ChangeAsync(mailTo.Trim(), Operator.Local(), cancellationToken) is { Length: > 0 } refusal)
        {
            return await run.RefuseAsync(ExitCode.Refused, Components.Shared.VisibleText.Of(refusal, 1000));
        }

        var head = await new AuditChain(run.Database.Source).HeadAsync(cancellationToken);
        await (run.Answer.IsJson ? run.Answer.JsonAsync(new { head = head.ToString() }) : run.Answer.LineAsync(head.ToString()));
        return ExitCode.Done;
    }

    private static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "YYYY-MM-DD",
        CustomParser = result =>
        {
            if (result.Tokens is [{ Value: var text }] && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            result.AddError($"{name} takes a day such as 2026-11-28.");
            return null;
        },
    };

    private static DateTimeOffset? Start(DateOnly? day) => day is { } date ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
