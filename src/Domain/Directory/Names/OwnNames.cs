using Postern.Domain.Addresses;

namespace Postern.Domain.Directory.Names;

/// <summary>Postern's own directory: entries may share a name, and stand by their address, which nobody shares (Q165396).</summary>
public sealed class OwnNames : NameRule
{
    public override string Hold(string name, out bool isExact)
    {
        var held = Mime.StorableText.Clean(name, 1000).Trim();
        isExact = held == name;
        return held;
    }

    protected override SortKey KeyOf(string held, MailAddress address) => KeyOf(address.Key);
}
