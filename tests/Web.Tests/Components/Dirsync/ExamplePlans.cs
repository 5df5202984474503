using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Dirsync;

/// <summary>A plan for SALES with a row of every class, as parts of pages get it.</summary>
internal static class ExamplePlans
{
    public static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    private static readonly CcMailNames Names = new(new CcMailProfile());

    public static DirectoryRow Row(string name, string address, params (string Name, string Value)[] values) =>
        DirectoryRow.TryCreate(Names, address, name, MailAddress.Parse(address), RowKind.Person, RowValues.Of(values), out var row, out var fault) ? row : throw new InvalidOperationException(fault);

    public static PlanRow Of(Change change, int ordinal = 1, string verdict = "open", int mail = 0, string why = "", string source = "", string? author = null, int outcome = 0, string said = "", params string[] agreed) =>
        new(ordinal, change, source, why, mail, verdict, agreed, author, outcome, said);

    public static Change Delete(string name = "Aldous, Peter") => new(ChangeClass.Delete, Row(name, $"CCMAIL:{name} at SALES"), null);

    public static PlanSummary Plan(
        string state = "waiting", PlanCounts? counts = null, ApprovalMode delete = ApprovalMode.TwoApprovers, long open = 39, long approved = 264, long rejected = 4, long done = 0, string direction = "out", params PlanThreshold[] limits)
    {
        var all = limits.Length > 0 ? limits : [new PlanThreshold(ChangeClass.Delete, 25, 2, 37, 1_284, true, "37 deletes (2.9 % of 1,284 entries): more than 25, so a person looks at this plan first."), new PlanThreshold(ChangeClass.Add, 100, null, 41, 1_284, false, "")];
        return new PlanSummary(
            7, 2, "sales", direction, state, 12, "7c41e09b5f00112233445566778899aabbccddeeff00112233445566778899aa", Now.AddHours(-2), counts ?? Counts, 1_300, 1_284, true,
            new Dictionary<ChangeClass, ApprovalMode> { [ChangeClass.Delete] = delete, [ChangeClass.Move] = ApprovalMode.Approve, [ChangeClass.Rename] = ApprovalMode.Approve, [ChangeClass.Modify] = ApprovalMode.Approve, [ChangeClass.Add] = ApprovalMode.Automatic },
            [.. all.Where(limit => limit.IsOver).Select(limit => limit.Sentence)], [.. all.Where(limit => limit.IsOver).Select(limit => limit.Class!.Value)], open, approved, rejected, done, 0, null, null, null, null, "", 17)
        {
            Limits = all,
        };
    }

    public static PlanCounts Counts { get; } = new() { [ChangeClass.Delete] = 37, [ChangeClass.Rename] = 6, [ChangeClass.Move] = 9, [ChangeClass.Modify] = 212, [ChangeClass.Add] = 41, [ChangeClass.Collision] = 2 };
}
