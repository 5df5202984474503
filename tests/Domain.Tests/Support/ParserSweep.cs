using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Tests.Support;

/// <summary>Shows that a reader ends with a value or a fault, whatever it is given: each fixture cut at every place, then 100,000 damaged ones.</summary>
/// <remarks>
/// The damage follows from a seed that every failure names; <c>POSTERN_SWEEP_SEED</c> sets another one. What a reader promises beyond not
/// throwing, its test demands of every value by <see cref="Demand"/>.
/// </remarks>
internal static class ParserSweep
{
    public const int Mutations = 100_000;

    private const int StandardSeed = 20261121;

    /// <summary>Generous enough for a machine with other work; a reader that is quadratic in something takes longer.</summary>
    private static readonly TimeSpan LongestSweep = TimeSpan.FromSeconds(120);

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(10);

    /// <summary>Sweeps a reader of bytes.</summary>
    /// <param name="words">What the format is made of, one text or more; put in at random places.</param>
    public static void Bytes(IEnumerable<byte[]> fixtures, IEnumerable<string> words, Action<byte[]> read) =>
        Run(
            [.. fixtures], [.. words.Select(Encoding.UTF8.GetBytes)],
            static random => (byte)random.Next(256), static (value, bit) => (byte)(value ^ (1 << bit)), read, Convert.ToHexString);

    /// <summary>Sweeps a reader of text.</summary>
    /// <inheritdoc cref="Bytes"/>
    public static void Text(IEnumerable<string> fixtures, IEnumerable<string> words, Action<string> read) =>
        Run(
            [.. fixtures.Select(static text => text.ToCharArray())], [.. words.Select(static word => word.ToCharArray())],
            AnyCharacter, static (value, bit) => (char)(value ^ (1 << bit)), text => read(new string(text)), static text => Escaped(text));

    /// <summary>Fails the sweep when a value breaks a promise; cheaper than an assertion, which is made 100,000 times.</summary>
    public static void Demand(bool holds, string promise)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Broken: {promise}");
        }
    }

    // Half of it ASCII, else anything a UTF-16 text can hold, halves of pairs included.
    private static char AnyCharacter(Random random) => (char)random.Next(random.Next(2) == 0 ? 128 : 65_536);

    private static void Run<T>(
        T[][] fixtures, T[][] words, Func<Random, T> any, Func<T, int, T> flip, Action<T[]> read, Func<T[], string> show)
    {
        foreach (var fixture in fixtures)
        {
            for (var length = 0; length <= fixture.Length; length++)
            {
                Read(fixture[..length], read, show, $"cut at {length} of {fixture.Length}");
            }
        }

        var seed = SeedOf();
        var mutator = new Mutator<T>(fixtures, words, any, flip, new Random(seed));
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < Mutations; round++)
        {
            Read(mutator.Next(), read, show, $"seed {seed}, mutation {round}");
        }

        Demand(Stopwatch.GetElapsedTime(began) < LongestSweep, $"the sweep took {Stopwatch.GetElapsedTime(began)}");
    }

    private static void Read<T>(T[] input, Action<T[]> read, Func<T[], string> show, FormattableString where)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            read(input);
            Demand(Stopwatch.GetElapsedTime(began) < LongestRead, "one input is read in bounded time");
        }
        catch (Exception e)
        {
            throw new ShouldAssertException($"{where.ToString(CultureInfo.InvariantCulture)}: {e.Message}{Environment.NewLine}{show(input)}", e);
        }
    }

    private static int SeedOf() =>
        int.TryParse(Environment.GetEnvironmentVariable("POSTERN_SWEEP_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : StandardSeed;

    private static string Escaped(char[] text) =>
        string.Concat(text.Select(static c => c is >= ' ' and <= '~' and not '\\' ? c.ToString() : $"\\u{(int)c:x4}"));
}
