using System.Text;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

public sealed class DotStufferTests
{
    private static readonly string[] Contents =
    [
        "", "a", "a\r\n", ".\r\n", "..\r\n", "a\r\n.\r\nb\r\n", "\r\n.\r\n", "\r\n\r\n.a\r\n..", "a\n.\nb\n", "a\r.\rb\r", "a\r\r\n.b", "\n", "\r", "\r\n",
        "a\n.\r\nMAIL FROM:<x@y>\r\n", "line one\r\n.line two\r\nline three\r\n", "no end", "ends in cr\r",
    ];

    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("..a\r\n", "...a\r\n.\r\n")]
    [InlineData("a.b\r\n", "a.b\r\n.\r\n")]
    [InlineData("a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r.\rb\r", "a . b \r\n.\r\n")]
    [InlineData("a\r\r\n.b", "a \r\n..b\r\n.\r\n")]
    public void Doubles_dots_and_mends_line_ends(string content, string expected) =>
        Encode([Encoding.Latin1.GetBytes(content)], 64 * 1024).ShouldBe(expected);

    [Fact]
    public void Comes_to_the_same_whatever_the_pieces()
    {
        foreach (var content in Contents)
        {
            var bytes = Encoding.Latin1.GetBytes(content);
            var whole = Encode([bytes], 64 * 1024);
            for (var split = 0; split <= bytes.Length; split++)
            {
                for (var room = DotStuffer.Slack; room < DotStuffer.Slack + 12; room++)
                {
                    Encode([bytes[..split], bytes[split..]], room).ShouldBe(whole, $"{content.Length} bytes at {split}, room {room}");
                }
            }
        }
    }

    [Fact]
    public void Agrees_with_a_slow_one_on_random_bytes()
    {
        const int Seed = 5321;
        var random = new Random(Seed);
        for (var round = 0; round < 20_000; round++)
        {
            var content = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "\r\n..ab"[random.Next(6)]));

            var encoded = Encode([Encoding.Latin1.GetBytes(content)], random.Next(DotStuffer.Slack, 60));

            encoded.ShouldBe(EncodeSlowly(content), $"seed {Seed}, round {round}");
            encoded.IndexOf("\r\n.\r\n", StringComparison.Ordinal).ShouldBeOneOf(-1, encoded.Length - 5);
        }
    }

    private static string Encode(byte[][] pieces, int room)
    {
        var stuffer = default(DotStuffer);
        var encoded = new StringBuilder();
        var target = new byte[room];
        foreach (var piece in pieces)
        {
            for (var at = 0; at < piece.Length;)
            {
                stuffer.Encode(piece.AsSpan(at), target, out var consumed, out var written);
                (consumed + written).ShouldBeGreaterThan(0);
                at += consumed;
                encoded.Append(Encoding.Latin1.GetString(target.AsSpan(0, written)));
            }
        }

        var end = stuffer.Finish(target);
        return encoded.Append(Encoding.Latin1.GetString(target.AsSpan(0, end))).ToString();
    }

    private static string EncodeSlowly(string content)
    {
        var lines = content.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', ' ').Split('\n').ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return string.Concat(lines.Select(line => $"{(line is ['.', ..] ? "." : "")}{line}\r\n")) + ".\r\n";
    }
}
