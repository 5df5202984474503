namespace Postern.Domain.Mime;

/// <summary>Two hexadecimal digits as one byte; both cases are read.</summary>
internal static class Hex
{
    public static bool TryRead(byte high, byte low, out byte value)
    {
        var top = Digit(high);
        var bottom = Digit(low);
        value = (byte)((top << 4) | bottom);
        return top >= 0 && bottom >= 0;
    }

    private static int Digit(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => character - '0',
        >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
        _ => -1,
    };
}
