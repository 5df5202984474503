using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Postern.Infrastructure.Database;

namespace Postern.Web.Security;

/// <summary>Wraps the secret part of a data-protection key with the key file of the installation before it reaches the database.</summary>
public sealed class KeyFileXmlEncryptor(KeyFile keyFile) : IXmlEncryptor
{
    internal const string ElementName = "keyFileProtected";

    /// <inheritdoc/>
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var element = new XElement(ElementName, Convert.ToBase64String(keyFile.Protect(plain)));
        return new EncryptedXmlInfo(element, typeof(KeyFileXmlDecryptor));
    }
}

/// <summary>The other way of <see cref="KeyFileXmlEncryptor"/>. Data protection makes it by its type name.</summary>
public sealed class KeyFileXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    private readonly KeyFile keyFile = services.GetRequiredService<KeyFile>();

    /// <inheritdoc/>
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(keyFile.Unprotect(Convert.FromBase64String(encryptedElement.Value))));
}
