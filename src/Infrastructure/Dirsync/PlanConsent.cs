using System.Globalization;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Audit;

namespace Postern.Infrastructure.Dirsync;

/// <summary>How a person's consent to a row stands.</summary>
internal enum Consent
{
    /// <summary>With it the row may be applied.</summary>
    Enough,

    /// <summary>Somebody else has to agree too.</summary>
    NeedsSecond,

    /// <summary>Rows of this class are never applied.</summary>
    Never,

    /// <summary>They have agreed before, or the row is approved.</summary>
    Already,

    /// <summary>Their word is nobody's second here: they made the row, or sit at a terminal.</summary>
    DoesNotCount,

    /// <summary>It was refused, and is not named.</summary>
    Refused,
}

/// <summary>Rows of a plan that are alike in everything that a consent depends on, so that the rule is asked once for all of them.</summary>
internal sealed record RowGroup(ChangeClass Class, string[] ApprovedBy, string? Author, string Verdict, long Rows, long Mail)
{
    /// <param name="areNamed">The rows are named one by one: a refusal can be taken back by it.</param>
    public Consent Standing(LockedPlan plan, Operator who, bool areNamed)
    {
        var (mode, author) = (plan.Needed[Class], Author ?? plan.Author);
        if (mode == ApprovalMode.Never)
        {
            return Consent.Never;
        }

        if (Verdict == "rejected" && !areNamed)
        {
            return Consent.Refused;
        }

        if (Verdict == "approved" || ApprovedBy.Contains(who.Name, StringComparer.OrdinalIgnoreCase))
        {
            return Consent.Already;
        }

        if (ApprovalPolicy.IsMet(mode, [.. After(who).Select(name => new Approver(name))], author))
        {
            return Consent.Enough;
        }

        var isOwn = string.Equals(author, who.Name, StringComparison.OrdinalIgnoreCase);
        return isOwn || (who.IsLocal && ApprovedBy.Length > 0) ? Consent.DoesNotCount : Consent.NeedsSecond;
    }

    /// <summary>Who has agreed when this person has too.</summary>
    public string[] After(Operator who) => [.. ApprovedBy, who.Name];
}

/// <summary>What a consent does to the rows that it is about, in numbers and in words.</summary>
internal static class Effect
{
    public static DecisionPreview Of(IReadOnlyList<RowGroup> groups, LockedPlan plan, Operator who, bool areNamed)
    {
        var counts = new long[(int)ChangeClass.Collision + 1];
        var by = new long[Enum.GetValues<Consent>().Length];
        long mail = 0;
        foreach (var group in groups)
        {
            var standing = group.Standing(plan, who, areNamed);
            by[(int)standing] += group.Rows;
            if (standing != Consent.Refused)
            {
                counts[(int)group.Class] += group.Rows;
                mail += group.Mail;
            }
        }

        var (enough, second, never, already, own) =
            (by[(int)Consent.Enough], by[(int)Consent.NeedsSecond], by[(int)Consent.Never], by[(int)Consent.Already], by[(int)Consent.DoesNotCount]);
        string[] parts =
        [
            .. enough > 0 ? [$"{Rows(enough)} approved"] : Array.Empty<string>(),
            .. second > 0 ? [$"{Rows(second)} waiting for a second person"] : Array.Empty<string>(),
            .. never > 0 ? [$"{Rows(never)} of a class that is never applied"] : Array.Empty<string>(),
            .. own > 0 ? [who.IsLocal ? $"{Rows(own)} waiting for somebody in the console: a terminal is nobody's second" : $"{Rows(own)} made by {who.Name}, for which somebody else has to agree"] : Array.Empty<string>(),
            .. already > 0 ? [$"{Rows(already)} agreed to before"] : Array.Empty<string>(),
        ];
        var sentence = parts.Length == 0 ? "None of these rows is open." : $"{string.Join("; ", parts)}.";
        return new DecisionPreview(PlanRows.ReadCounts(counts), counts.Sum(), mail, enough, second, never, already, sentence);
    }

    private static string Rows(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "row is" : "rows are")}");
}
