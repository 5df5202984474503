using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Addresses;

namespace Postern.Infrastructure.Configuration;

/// <summary>The column that keeps an address from having two holders: a hash, because index rows are short and keys may not be.</summary>
public static class AddressKey
{
    public static byte[] Of(MailAddress address) => SHA256.HashData(Encoding.UTF8.GetBytes(address.Key));
}
