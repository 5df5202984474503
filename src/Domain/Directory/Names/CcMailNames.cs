using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;

namespace Postern.Domain.Directory.Names;

/// <summary>cc:Mail: a name stands once in the whole directory, at whichever post office, and case never tells two apart (Q156063, Q237588).</summary>
public sealed class CcMailNames(CcMailProfile profile) : NameRule
{
    /// <summary>cc:Mail keeps the spelling it has; sending another one each cycle is how updates without end began (Q237588).</summary>
    public override bool SpellingCounts => false;

    public override string Hold(string name, out bool isExact)
    {
        var losses = new List<ConversionLoss>();
        var held = ImportHeader.Address("directory name", name, profile, losses);
        isExact = losses.Count == 0;
        return held;
    }

    // First Last and Last, First are one name to cc:Mail, as in its addresses.
    protected override SortKey KeyOf(string held, MailAddress address) => KeyOf(CcMailAddress.InDirectoryOrder(NameKey.Fold(held)));

    protected override string FaultOf(string name, string held) =>
        profile.TextEncoding.GetByteCount(held) > DirectoryWriter.FieldLimit ? $"“{name}” is longer than the {DirectoryWriter.FieldLimit} bytes that a cc:Mail directory takes."
        : name != held && held.All(c => c is '?' or ' ' or ',') && name.Trim().Length > 0 ? $"No character of “{name}” exists in code page {profile.CodePage}."
        : base.FaultOf(name, held);
}
