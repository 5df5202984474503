using System.Text;

namespace Postern.Infrastructure.Connectors;

/// <summary>The last bytes that a program wrote: enough to say what went wrong, however much it prints.</summary>
public sealed class ExternalProgramTail
{
    /// <summary>Bytes kept.</summary>
    public const int Limit = 16 * 1024;

    private readonly byte[] ring = new byte[Limit];
    private readonly Lock gate = new();
    private long written;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            var kept = bytes.Length > Limit ? bytes[^Limit..] : bytes;
            written += bytes.Length - kept.Length;
            foreach (var b in kept)
            {
                ring[written++ % Limit] = b;
            }
        }
    }

    /// <summary>The text without control characters (screens of DOS programs move the cursor) and without <paramref name="secret"/>.</summary>
    public string ToText(Encoding encoding, string secret)
    {
        byte[] bytes;
        lock (gate)
        {
            var start = Math.Max(0, written - Limit);
            bytes = new byte[written - start];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = ring[(start + i) % Limit];
            }
        }

        var text = new StringBuilder(bytes.Length);
        foreach (var c in encoding.GetString(bytes))
        {
            if (c == '\n' || c == '\t' || !char.IsControl(c))
            {
                text.Append(c);
            }
        }

        return secret.Length == 0 ? text.ToString().Trim() : text.ToString().Replace(secret, "****", StringComparison.OrdinalIgnoreCase).Trim();
    }
}
