using System.Runtime.CompilerServices;
using System.Text;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

/// <summary>How the client's side of a dialogue is cut into packets.</summary>
public enum Pieces
{
    Whole, Lines, Bytes,
}

/// <summary>Plays the client's lines (<c>C: </c>) of a <c>.session</c> file and returns the dialogue as it took place.</summary>
internal static class ReplayPeer
{
    public static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Sessions");

    public static string[] Read(string name) => File.ReadAllLines(Path.Combine(Folder(), name));

    /// <summary>The server's lines that the file expects.</summary>
    public static string Expected(string[] script) => Lines(script, "S: ");

    public static byte[] ClientBytes(string[] script) => Encoding.UTF8.GetBytes(Lines(script, "C: ").Replace("\n", "\r\n", StringComparison.Ordinal));

    public static async Task<string> PlayAsync(SmtpTestClient client, string[] script, Pieces pieces)
    {
        switch (pieces)
        {
            case Pieces.Whole:
                await client.SendAsync(ClientBytes(script));
                return await client.RestAsync();
            case Pieces.Bytes:
                foreach (var one in ClientBytes(script))
                {
                    await client.SendAsync(new[] { one });
                }

                return await client.RestAsync();
            default:
                return await PlayByLineAsync(client, script);
        }
    }

    private static async Task<string> PlayByLineAsync(SmtpTestClient client, string[] script)
    {
        var heard = new StringBuilder();
        for (var i = 0; i < script.Length; i++)
        {
            if (script[i].StartsWith("C: ", StringComparison.Ordinal))
            {
                await client.SendAsync(Encoding.UTF8.GetBytes(script[i][3..] + "\r\n"));
            }
            else if (script[i] is ['S', ':', ' ', _, _, _, ' ', ..])
            {
                heard.Append(await client.ReplyAsync()).Append('\n');
            }
        }

        return heard.Append(await client.RestAsync()).ToString();
    }

    private static string Lines(string[] script, string prefix) =>
        string.Concat(script.Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[3..] + "\n"));
}
