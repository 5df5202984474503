using System.Globalization;

namespace Postern.Domain.Watch;

/// <summary>What a disk has, in bytes.</summary>
public readonly record struct DiskSize(long Free, long Total);

/// <summary>When a disk is called low, and when it is so short that no new mail is taken in.</summary>
/// <remarks>
/// Sizes are numbers of 64 bits from the system to the screen (Q178758). What has been found stays so until there is a fifth more than the limit,
/// so that nothing flickers.
/// </remarks>
public static class DiskSpace
{
    private const long Gigabyte = 1L << 30;

    /// <summary>Below this somebody should look: a tenth of the disk, at most ten gigabytes.</summary>
    public static long LowLimit(long total) => Math.Min(total / 10, 10 * Gigabyte);

    /// <summary>Below this no new mail is taken in, so that what is here already can be written down: a twentieth of the disk, at most two gigabytes.</summary>
    public static long ShortLimit(long total) => Math.Min(total / 20, 2 * Gigabyte);

    /// <summary>What there must be again for that to end.</summary>
    public static long EndOf(long limit) => limit + (limit / 5);

    /// <summary>Is it below the limit, or not far enough above it when it <paramref name="was"/> before?</summary>
    public static bool IsBelow(long free, long limit, bool was) => free < (was ? EndOf(limit) : limit);

    /// <summary>Such as <c>3.1 GB</c>.</summary>
    public static string InWords(long bytes) => bytes switch
    {
        < 1 << 20 => $"{bytes / 1024} KB",
        < Gigabyte => $"{bytes >> 20} MB",
        _ => string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / Gigabyte:0.0} GB"),
    };
}
