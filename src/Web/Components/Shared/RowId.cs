using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Web.Components.Shared;

/// <summary>A number for a row of a table that is known by names: the same after every change of the list, so that the cursor stays with its row.</summary>
internal static class RowId
{
    public static long Of(params IEnumerable<string> names) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names)))) & long.MaxValue;
}
