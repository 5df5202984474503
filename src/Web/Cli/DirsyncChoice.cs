using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>Which partners a verb is about, and which of their plans.</summary>
internal sealed class DirsyncChoice
{
    private readonly Argument<string> partner = new("PARTNER") { Description = "Name of the partner", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> all = new("--all") { Description = "All partners" };
    private readonly Option<long?> plan = new("--plan") { Description = "One plan, by its number", HelpName = "N" };

    /// <summary>How the verb ends when nothing was found.</summary>
    public int Code { get; private set; }

    public void AddTo(Command command, bool withPlan)
    {
        command.Add(partner);
        command.Add(all);
        if (withPlan)
        {
            command.Add(plan);
        }
    }

    /// <summary>One partner was named.</summary>
    public bool IsOne(Verb verb) => verb.Parsed.GetValue(partner) is { Length: > 0 };

    /// <summary>The partners; null with a <see cref="Code"/> when none is meant or found.</summary>
    /// <param name="areAll">All are meant where none is named.</param>
    public async Task<IReadOnlyList<PartnerSummary>?> PartnersAsync(Verb verb, ServiceProvider services, CancellationToken cancellationToken, bool areAll = false)
    {
        var name = verb.Parsed.GetValue(partner) ?? "";
        if ((name.Length > 0 && verb.Parsed.GetValue(all)) || (name.Length == 0 && !areAll && !verb.Parsed.GetValue(all)))
        {
            Code = await verb.RefuseAsync(ExitCode.Usage, "Name a partner, or say --all.");
            return null;
        }

        var partners = await services.GetRequiredService<PartnerStore>().ListAsync(cancellationToken);
        if (name.Length == 0)
        {
            return partners;
        }

        if (partners.FirstOrDefault(known => known.Partner.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return [found];
        }

        Code = await verb.RefuseAsync(ExitCode.NotFound, $"There is no partner “{VisibleText.Of(name, 60)}”.");
        return null;
    }

    /// <summary>The plan that is named, or those of the partners in a state; null with a <see cref="Code"/> when there is none.</summary>
    public async Task<IReadOnlyList<PlanSummary>?> PlansAsync(Verb verb, ServiceProvider services, string state, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<PlanStore>();
        if (verb.Parsed.GetValue(plan) is { } number)
        {
            if (await store.FindAsync(number, cancellationToken) is { } one)
            {
                return [one];
            }

            Code = await verb.RefuseAsync(ExitCode.NotFound, string.Create(CultureInfo.InvariantCulture, $"There is no plan {number}."));
            return null;
        }

        return await PartnersAsync(verb, services, cancellationToken) is { } partners
            ? await store.ListAsync(new PlanListFilter(IsOne(verb) ? partners[0].Partner.Name : "", state, Take: 1_000), cancellationToken)
            : null;
    }
}
