using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Directory.Names;

/// <summary>MS Mail: a full name has 30 characters and stands once in the list of its post office; other lists may hold it too (Q96001, Q146676).</summary>
public sealed class MsMailNames(int codePage) : NameRule
{
    public override bool HasListPerHome => true;

    public override string Hold(string name, out bool isExact) => FullName.Hold(name, codePage, out isExact);

    protected override SortKey KeyOf(string held, MailAddress address) => KeyOf($"{ListOf(address)}\0{NameKey.Fold(held)}");

    protected override string FaultOf(string name, string held) =>
        name != held && held.All(c => c is '?' or ' ' or ',') && name.Trim().Length > 0 ? $"No character of “{name}” exists in code page {codePage}." : base.FaultOf(name, held);

    // A gateway's users share one list, those of a post office have their own.
    private static string ListOf(MailAddress address) => address is MsMailAddress ? address.HomeKey : address.Type;
}
