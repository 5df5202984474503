using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Makes the boundary of a multipart: the same for the same seed, and one that its content does not hold.</summary>
public static class Boundary
{
    /// <summary>The first boundary drawn from the seed that occurs in none of the contents. It holds "=_", which no base64 and no
    /// quoted-printable text can hold, so only content that goes out as it is needs to be given.</summary>
    public static string Derive(string seed, params IReadOnlyList<ReadOnlySequence<byte>> contents)
    {
        for (var attempt = 0; ; attempt++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{attempt}:{seed}");
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
            var boundary = $"=_{Convert.ToHexString(hash, 0, 15)}";
            if (!contents.Any(content => Occurs(content, Encoding.ASCII.GetBytes(boundary))))
            {
                return boundary;
            }
        }
    }

    /// <summary>Looks for the text in content of any number of segments, across their borders too.</summary>
    internal static bool Occurs(in ReadOnlySequence<byte> content, ReadOnlySpan<byte> wanted)
    {
        Span<byte> seam = stackalloc byte[wanted.Length * 2];
        var held = 0;
        foreach (var memory in content)
        {
            var span = memory.Span;
            var taken = Math.Min(span.Length, wanted.Length - 1);
            span[..taken].CopyTo(seam[held..]);
            if (seam[..(held + taken)].IndexOf(wanted) >= 0 || span.IndexOf(wanted) >= 0)
            {
                return true;
            }

            // What is kept for the next seam: the last bytes of all that was seen, short segments included.
            if (span.Length >= wanted.Length - 1)
            {
                span[^(wanted.Length - 1)..].CopyTo(seam);
                held = wanted.Length - 1;
            }
            else
            {
                var all = held + taken;
                var kept = Math.Min(all, wanted.Length - 1);
                seam[(all - kept)..all].CopyTo(seam);
                held = kept;
            }
        }

        return false;
    }
}
