using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Postern.Web.Tests.Support;

/// <summary>Attachments of a mail, sent and received without the product's own MIME code and without a whole file in memory.</summary>
internal static partial class MailFiles
{
    private const string Boundary = "crane-0f7a";

    // A multiple of 57: each block ends with a full line of base64.
    private const int Block = 57 * 1024;

    /// <summary>Makes a file of random bytes and tells its name, size and digest as <see cref="At"/> finds them.</summary>
    public static string Make(string path, int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);
        File.WriteAllBytes(path, bytes);
        return Line(Path.GetFileName(path), size, SHA256.HashData(bytes));
    }

    public static string Line(string name, long size, byte[] digest) => $"{name} {size} {Convert.ToHexStringLower(digest)}";

    /// <summary>Sends one mail with these files attached and insists that it is accepted.</summary>
    public static async Task SendAsync(int port, string sender, string recipient, params string[] files) =>
        (await TryAsync(port, sender, recipient, files)).ShouldStartWith("250");

    /// <summary>Sends one mail with these files attached; what the server answers to it, or to its sender when it puts it off there.</summary>
    public static async Task<string> TryAsync(int port, string sender, string recipient, params string[] files)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream, bufferSize: 256 * 1024) { NewLine = "\r\n" };
        (await ExpectAsync(reader, "220")).ShouldBeEmpty();
        foreach (var (command, reply) in ((string, string)[])[("EHLO test.example", "250"), ($"MAIL FROM:<{sender}>", "250"), ($"RCPT TO:<{recipient}>", "250"), ("DATA", "354")])
        {
            await writer.WriteLineAsync(command);
            await writer.FlushAsync();
            if (await ExpectAsync(reader, reply) is { Length: > 0 } refusal)
            {
                return refusal;
            }
        }

        await writer.WriteAsync(
            $"From: <{sender}>\r\nTo: <{recipient}>\r\nSubject: Files\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={Boundary}\r\n\r\n"
            + $"--{Boundary}\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n");
        foreach (var file in files)
        {
            await WriteAsync(writer, file);
        }

        await writer.WriteAsync($"--{Boundary}--\r\n.\r\nQUIT\r\n");
        await writer.FlushAsync();
        return (await reader.ReadLineAsync()).ShouldNotBeNull();
    }

    /// <summary>The files in a mail as the peer keeps it: name, size and digest of each.</summary>
    public static List<string> At(string mail)
    {
        using var reader = new StreamReader(mail);
        var files = new List<string>();
        var boundary = "--" + BoundaryOf().Match(HeaderOf(reader)).Groups[1].Value;
        while (reader.ReadLine() is { } line)
        {
            if (line == boundary && NameOf().Match(HeaderOf(reader)) is { Success: true } name)
            {
                files.Add(Read(reader, name.Groups[1].Value.Trim(), boundary));
            }
        }

        return files;
    }

    private static async Task WriteAsync(StreamWriter writer, string path)
    {
        await writer.WriteAsync(
            $"--{Boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            + $"Content-Disposition: attachment; filename={Path.GetFileName(path)}\r\n\r\n");
        var block = new byte[Block];
        await using var file = File.OpenRead(path);
        while (await file.ReadAtLeastAsync(block, Block, throwOnEndOfStream: false) is > 0 and var read)
        {
            await writer.WriteLineAsync(Convert.ToBase64String(block, 0, read, Base64FormattingOptions.InsertLineBreaks));
        }
    }

    // A header without its folding.
    private static string HeaderOf(StreamReader reader)
    {
        var header = new System.Text.StringBuilder();
        while (reader.ReadLine() is { Length: > 0 } line)
        {
            header.Append(char.IsWhiteSpace(line[0]) ? "" : "\n").Append(line);
        }

        return header.ToString();
    }

    private static string Read(StreamReader reader, string name, string boundary)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new byte[128];
        long size = 0;
        while (reader.ReadLine() is { } line && !line.StartsWith(boundary, StringComparison.Ordinal))
        {
            Convert.TryFromBase64String(line, bytes, out var length).ShouldBeTrue(line);
            digest.AppendData(bytes, 0, length);
            size += length;
            if (reader.Peek() == '-')
            {
                break; // the next boundary is for the caller
            }
        }

        return Line(name, size, digest.GetHashAndReset());
    }

    // Empty when it is what was expected; what puts mail off is handed back, anything else is a fault.
    private static async Task<string> ExpectAsync(StreamReader reader, string code)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync();
            if (line is ['4', ..])
            {
                return line;
            }

            line.ShouldNotBeNull().ShouldStartWith(code);
        }
        while (line[3] == '-');

        return "";
    }

    [GeneratedRegex("boundary=\"?([^\";\n]+)", RegexOptions.IgnoreCase)]
    private static partial Regex BoundaryOf();

    [GeneratedRegex("filename=\"?([^\";\n]+)", RegexOptions.IgnoreCase)]
    private static partial Regex NameOf();
}
