using System.Net.Sockets;

namespace Postern.Web.Tests.Support;

/// <summary>Sends one mail and insists that it is accepted.</summary>
internal static class SmtpMail
{
    public static Task SendAsync(int port, string sender, params string[] recipients) => SendSubjectAsync(port, "Crane", sender, recipients);

    public static async Task SendSubjectAsync(int port, string subject, string sender, params string[] recipients)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        await ExpectAsync(reader, "220");
        string[] envelope = ["EHLO test.example", $"MAIL FROM:<{sender}>", .. recipients.Select(recipient => $"RCPT TO:<{recipient}>")];
        foreach (var command in envelope)
        {
            await writer.WriteLineAsync(command);
            await ExpectAsync(reader, "250");
        }

        await writer.WriteLineAsync("DATA");
        await ExpectAsync(reader, "354");
        await writer.WriteLineAsync($"From: <{sender}>\r\nTo: {string.Join(", ", recipients)}\r\nSubject: {subject}\r\n\r\nHello\r\n.");
        await ExpectAsync(reader, "250");
        await writer.WriteLineAsync("QUIT");
    }

    private static async Task ExpectAsync(StreamReader reader, string code)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync();
            line.ShouldNotBeNull().ShouldStartWith(code);
        }
        while (line[3] == '-');
    }
}
