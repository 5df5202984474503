using System.DirectoryServices.Protocols;
using System.Text;
using Postern.Domain.Directory.Names;
using Postern.Domain.Formats.Ldap;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>The attributes of an entry as text. A directory keeps values in no order (RFC 4511, section 4.1.7): here they are in one.</summary>
internal static class LdapValues
{
    private const string OwnPlace = "distinguishedName";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Sixteen bytes that may be text by accident.
    private static readonly HashSet<string> Binary = new(["objectGUID", "objectSid", "mS-DS-ConsistencyGuid", "msExchMailboxGuid"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Name and value of everything that was asked for; bytes in hexadecimal, the value that the entry is named by first.</summary>
    public static ILookup<string, string> Of(SearchResultEntry entry)
    {
        var values = new List<KeyValuePair<string, string>>();
        var isPlace = DistinguishedName.TryParse(entry.DistinguishedName, out var place, out _);
        foreach (DirectoryAttribute attribute in entry.Attributes.Values)
        {
            // An option such as ;binary or ;range says how the values are sent.
            var name = attribute.Name.Split(';')[0];
            var texts = attribute.GetValues(typeof(byte[])).Cast<byte[]>().Select(bytes => Text(name, bytes));
            var isNaming = isPlace && name.Equals(place.NamingAttribute, StringComparison.OrdinalIgnoreCase);
            values.AddRange((attribute.Count == 1 ? texts : texts.OrderBy(text => isNaming && text == place.Name ? 0 : 1).ThenBy(text => text, CodePointOrder.Instance))
                .Select(text => KeyValuePair.Create(name, text)));
        }

        if (!values.Exists(value => value.Key.Equals(OwnPlace, StringComparison.OrdinalIgnoreCase)))
        {
            values.Add(KeyValuePair.Create(OwnPlace, entry.DistinguishedName));
        }

        return values.ToLookup(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase);
    }

    private static string Text(string name, byte[] bytes)
    {
        if (Binary.Contains(name))
        {
            return Convert.ToHexStringLower(bytes);
        }

        try
        {
            var text = Strict.GetString(bytes);
            return text.Contains('\0', StringComparison.Ordinal) ? Convert.ToHexStringLower(bytes) : text;
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToHexStringLower(bytes);
        }
    }
}
