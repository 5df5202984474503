namespace Postern.Domain.Tests.Support;

/// <summary>Damages fixtures: one to four changes each, of the kinds that reach deep into a reader because most of the structure stays.</summary>
/// <param name="any">Draws any element there is.</param>
/// <param name="flip">Changes one of the lowest eight bits.</param>
internal sealed class Mutator<T>(T[][] fixtures, T[][] words, Func<Random, T> any, Func<T, int, T> flip, Random random)
{
    private const int MostChanges = 4;
    private const int LongestSlice = 60;

    private readonly List<T> work = [];

    /// <summary>The next damaged fixture.</summary>
    public T[] Next()
    {
        work.Clear();
        work.AddRange(fixtures[random.Next(fixtures.Length)]);
        for (var changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
        {
            Change();
        }

        return [.. work];
    }

    private void Change()
    {
        var at = random.Next(work.Count + 1);
        switch (random.Next(8))
        {
            case 0 when at < work.Count:
                work[at] = any(random);
                break;
            case 1 when at < work.Count:
                work[at] = flip(work[at], random.Next(8));
                break;
            case 2 when at < work.Count:
                work.RemoveRange(at, LengthOfSlice(work.Count - at));
                break;
            case 3:
                work.Insert(at, any(random));
                break;
            case 4:
                DoubleSlice(at);
                break;
            case 5:
                Splice(at, fixtures[random.Next(fixtures.Length)]);
                break;
            case 6:
                work.RemoveRange(at, work.Count - at);
                break;
            default:
                work.InsertRange(at, words[random.Next(words.Length)]);
                break;
        }
    }

    // Copied once as a rule, and now and then often enough to show what is not linear.
    private void DoubleSlice(int at)
    {
        var start = random.Next(work.Count + 1);
        var slice = work.GetRange(start, LengthOfSlice(work.Count - start));
        for (var copies = random.Next(50) == 0 ? 40 : 1; copies > 0; copies--)
        {
            work.InsertRange(at, slice);
        }
    }

    // What comes from another fixture replaces as much of this one.
    private void Splice(int at, T[] other)
    {
        var start = random.Next(other.Length + 1);
        var length = LengthOfSlice(other.Length - start);
        work.RemoveRange(at, Math.Min(length, work.Count - at));
        work.InsertRange(at, other.AsSpan(start, length).ToArray());
    }

    private int LengthOfSlice(int available) => random.Next(Math.Min(available, LongestSlice) + 1);
}
