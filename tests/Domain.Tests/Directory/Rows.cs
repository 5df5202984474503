using System.Collections.Concurrent;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Tests.Directory;

/// <summary>Rows and directories for tests of synchronisation.</summary>
internal static class Rows
{
    public static readonly NameRule CcMail = new CcMailNames(new CcMailProfile());
    public static readonly NameRule MsMail = new MsMailNames(850);
    public static readonly NameRule Ldap = new LdapNames();
    public static readonly NameRule Own = new OwnNames();

    private static readonly ConcurrentDictionary<(NameRule, string, string, string, string), DirectoryRow> Made = new();

    public static DirectoryRow Row(NameRule rule, string name, string address, string id = "", params (string, string)[] values) =>
        Made.GetOrAdd((rule, name, address, id, string.Join('|', values)), _ => Make(rule, name, address, id, values));

    private static DirectoryRow Make(NameRule rule, string name, string address, string id, (string, string)[] values)
    {
        DirectoryRow.TryCreate(rule, id, name, MailAddress.Parse(address), RowKind.Person, RowValues.Of(values), out var row, out var fault).ShouldBeTrue(fault);
        return row;
    }

    public static HeldRow Ours(this DirectoryRow row) => new(row, IsOurs: true);

    public static HeldRow Foreign(this DirectoryRow row) => new(row, IsOurs: false);

    public static MergeRules Rules(NameRule rule) => new() { Names = rule };

    public static IReadOnlyList<Change> Compare(NameRule rule, IEnumerable<DirectoryRow> wanted, params HeldRow[] present) => DirectoryComparison.Of(wanted, present, Rules(rule));

    /// <summary>A directory after a plan was carried out, with the promise that no name ever stands there twice.</summary>
    public static List<HeldRow> Applied(IEnumerable<HeldRow> present, IEnumerable<Change> changes, TargetAbility target)
    {
        var held = present.ToList();
        foreach (var step in ApplySteps.Of(changes, target))
        {
            if (step.Before is { } before)
            {
                var at = held.FindIndex(row => row.Row.Equals(before));
                if (at < 0)
                {
                    Assert.Fail($"{before.Name} is not there");
                }

                held.RemoveAt(at);
            }

            if (step.After is { } after)
            {
                // cc:Mail's own comparison, whatever our keys say.
                if (held.Exists(row => row.Row.Key == after.Key || (target == TargetAbility.CcMail && string.Equals(row.Row.Name, after.Name, StringComparison.OrdinalIgnoreCase))))
                {
                    Assert.Fail($"{after.Name} would stand there twice");
                }

                held.Add(after.Ours());
            }
        }

        return held;
    }

    public static IEnumerable<Change> Proposals(this IEnumerable<Change> changes) => changes.Where(change => change.IsProposal);
}
