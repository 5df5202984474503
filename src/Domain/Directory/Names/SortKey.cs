namespace Postern.Domain.Directory.Names;

/// <summary>The place of a name in a directory: bytes that are equal for two names exactly when that directory holds them to be one.</summary>
/// <remarks>Ordered byte by byte, as PostgreSQL orders bytea, so that a merge here and an index there agree (Q224991).</remarks>
public readonly struct SortKey(byte[] bytes) : IComparable<SortKey>, IEquatable<SortKey>
{
    private readonly byte[]? bytes = bytes;

    public ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>The bytes as they are stored; not a copy.</summary>
    public byte[] Stored => bytes ?? [];

    public static bool operator ==(SortKey left, SortKey right) => left.Equals(right);

    public static bool operator !=(SortKey left, SortKey right) => !left.Equals(right);

    public static bool operator <(SortKey left, SortKey right) => left.CompareTo(right) < 0;

    public static bool operator >(SortKey left, SortKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(SortKey left, SortKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SortKey left, SortKey right) => left.CompareTo(right) >= 0;

    public int CompareTo(SortKey other) => Bytes.SequenceCompareTo(other.Bytes);

    public bool Equals(SortKey other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => obj is SortKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexString(Bytes);
}
