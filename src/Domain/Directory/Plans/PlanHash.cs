using System.Security.Cryptography;
using Postern.Domain.Directory.Merging;

namespace Postern.Domain.Directory.Plans;

/// <summary>The fingerprint of a whole plan, worked out row by row in the plan's order. Exactly the plan whose fingerprint was approved is applied.</summary>
/// <remarks>
/// SHA-256 over the text "Postern plan 1" and then, for each row that changes something, its <see cref="ChangeHash"/>. Collisions change nothing and
/// do not count: a name that two others want cannot make an approval void.
/// </remarks>
public sealed class PlanHash : IDisposable
{
    private readonly IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash one = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Change? last;

    public PlanHash() => all.AppendData("Postern plan 1"u8);

    /// <summary>Takes the next row and returns its own hash.</summary>
    /// <exception cref="InvalidOperationException">The rows do not come in the order of <see cref="PlanOrder"/>.</exception>
    public byte[] Add(Change change)
    {
        if (last is not null && PlanOrder.Instance.Compare(last, change) > 0)
        {
            throw new InvalidOperationException("The rows of a plan are hashed in the order of the plan.");
        }

        last = change;
        ChangeHash.AppendTo(one, change);
        var hash = one.GetHashAndReset();
        if (change.IsProposal)
        {
            all.AppendData(hash);
        }

        return hash;
    }

    /// <summary>Takes the hash of the next row that changes something, where the rows' hashes are known and come in the order of the plan.</summary>
    public void AddHash(ReadOnlySpan<byte> hash) => all.AppendData(hash);

    /// <summary>The fingerprint in hexadecimal; no row can be added after this.</summary>
    public string End() => Convert.ToHexStringLower(all.GetHashAndReset());

    public void Dispose()
    {
        all.Dispose();
        one.Dispose();
    }

    /// <summary>The fingerprint of a plan in memory, in whatever order its rows are.</summary>
    public static string Of(IEnumerable<Change> changes)
    {
        using var hash = new PlanHash();
        foreach (var change in changes.Order(PlanOrder.Instance))
        {
            hash.Add(change);
        }

        return hash.End();
    }
}
