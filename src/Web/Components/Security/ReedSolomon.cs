namespace Postern.Web.Components.Security;

/// <summary>The codewords that let a reader of a <see cref="QrCode"/> mend what it cannot see.</summary>
internal static class ReedSolomon
{
    /// <summary>What is left when the data is divided by (x - 1)(x - 2)(x - 4) … of that degree, over GF(256) with x^8 + x^4 + x^3 + x^2 + 1.</summary>
    internal static byte[] Remainder(byte[] data, int degree)
    {
        var divisor = new byte[degree];
        divisor[^1] = 1;
        byte root = 1;
        for (var i = 0; i < degree; i++, root = Multiply(root, 2))
        {
            for (var j = 0; j < degree; j++)
            {
                divisor[j] = (byte)(Multiply(divisor[j], root) ^ (j + 1 < degree ? divisor[j + 1] : 0));
            }
        }

        var rest = new byte[degree];
        foreach (var value in data)
        {
            var factor = (byte)(value ^ rest[0]);
            for (var j = 0; j < degree; j++)
            {
                rest[j] = (byte)((j + 1 < degree ? rest[j + 1] : 0) ^ Multiply(divisor[j], factor));
            }
        }

        return rest;
    }

    private static byte Multiply(byte a, byte b)
    {
        var product = 0;
        for (var i = 7; i >= 0; i--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D) ^ ((b >> i & 1) * a);
        }

        return (byte)product;
    }
}
