using System.Net.Sockets;
using System.Text;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class PeerServerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("postern-peer-").FullName;
    private readonly RunningLabProgram peer;
    private readonly int port;

    public PeerServerTests()
    {
        peer = LabProgram.Start("peer", "--port", "0", "--folder", folder, "--until-stdin-closes");
        port = int.Parse(peer.WaitForLine("Listening 127.0.0.1:").Split(':')[1]);
    }

    public void Dispose()
    {
        peer.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Keeps_a_pipelined_message_with_its_envelope()
    {
        var replies = Talk(
            "EHLO me.example\r\nMAIL FROM:<a@x.example> RET=HDRS\r\nRCPT TO:<b@y.example> NOTIFY=NEVER\r\nRCPT TO:<c@y.example>\r\nDATA\r\n"
            + "Subject: Hi\r\n\r\n..dot\r\n.\n.x\r\nlast\r\n.\r\nQUIT\r\n");

        replies[0].ShouldStartWith("220 ");
        replies.Where(reply => reply[3] == ' ').Select(reply => reply[..3]).ShouldBe(["220", "250", "250", "250", "250", "354", "250", "221"]);
        replies.ShouldContain("250-PIPELINING");
        File.ReadAllText(Path.Combine(folder, "001.eml")).ShouldBe(
            "X-Envelope-Helo: me.example\r\nX-Envelope-From: <a@x.example>\r\nX-Envelope-Parameters: MAIL RET=HDRS\r\n"
            + "X-Envelope-To: <b@y.example>\r\nX-Envelope-Parameters: RCPT <b@y.example> NOTIFY=NEVER\r\nX-Envelope-To: <c@y.example>\r\n"
            + "Subject: Hi\r\n\r\n.dot\r\n\n.x\r\nlast\r\n");
    }

    [Fact]
    public void Finds_the_end_of_data_wherever_it_is_cut()
    {
        var mail = "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nDATA\r\na\r\n..\r\n\r\n.\r\nQUIT\r\n";
        var from = mail.IndexOf("\r\na\r\n", StringComparison.Ordinal);
        for (var cut = from; cut < mail.Length; cut++)
        {
            Talk(mail[..cut], mail[cut..]).Last().ShouldStartWith("221");
        }

        var kept = Directory.GetFiles(folder, "*.eml");
        kept.Length.ShouldBe(mail.Length - from);
        kept.ShouldAllBe(file => File.ReadAllText(file).EndsWith("<b@y>\r\na\r\n.\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Streams_a_large_message()
    {
        var line = new string('x', 998) + "\r\n";
        var body = string.Concat(Enumerable.Repeat(line, 20_000));

        Talk($"EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n{body}.\r\nQUIT\r\n").Last().ShouldStartWith("221");

        new FileInfo(Path.Combine(folder, "001.eml")).Length.ShouldBeGreaterThan(body.Length);
    }

    [Fact]
    public void Refuses_and_defers_as_asked()
    {
        Faults("reject rcpt=no@y.example code=551 text=\"5.1.6 Moved\"", "defer rcpt=* nth=2", "reject from=bad@", "reject data nth=1");

        var replies = Talk(
            "EHLO x\r\nMAIL FROM:<bad@x>\r\nMAIL FROM:<a@x>\r\nRCPT TO:<NO@y.example>\r\nRCPT TO:<one@y>\r\nRCPT TO:<two@y>\r\n"
            + "DATA\r\nx\r\n.\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n");

        replies.Where(reply => !reply.StartsWith("250-", StringComparison.Ordinal)).Select(reply => reply[..3])
            .ShouldBe(["220", "250", "550", "250", "551", "250", "451", "354", "550", "250", "250", "354", "250", "221"]);
        Directory.GetFiles(folder, "*.eml").Length.ShouldBe(1);
        Directory.GetFiles(folder, "*.tmp").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("drop after-data", 1)]
    [InlineData("drop after-data lost", 0)]
    [InlineData("drop during-data", 0)]
    public void Breaks_off_without_an_answer(string fault, int kept)
    {
        Faults(fault);

        Talk("EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n").Last().ShouldStartWith("354");

        Directory.GetFiles(folder, "*.eml").Length.ShouldBe(kept);
    }

    [Fact]
    public void Hides_an_extension_and_refuses_at_the_door()
    {
        Faults("hide extension=DSN", "reject greeting code=421 text=\"4.3.2 Closed\" nth=2");

        Talk("EHLO x\r\nQUIT\r\n").ShouldNotContain(reply => reply.Contains("DSN", StringComparison.Ordinal));
        Talk("QUIT\r\n")[0].ShouldBe("421 4.3.2 Closed");
    }

    [Fact]
    public void A_client_that_goes_in_the_middle_leaves_nothing()
    {
        Talk("EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nhalf");

        Talk("EHLO x\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nwhole\r\n.\r\nQUIT\r\n");

        File.ReadAllText(Directory.GetFiles(folder, "*.eml").Single()).ShouldEndWith("whole\r\n");
    }

    [Fact]
    public void Ends_with_0_when_told_and_when_its_parent_has_gone()
    {
        using var other = LabProgram.Start("peer", "--port", "0", "--folder", folder);
        other.WaitForLine("Listening");
        other.Signal("TERM");
        other.WaitForEnd().ExitCode.ShouldBe(0);

        peer.CloseInput();

        peer.WaitForEnd().ExitCode.ShouldBe(0);
    }

    private void Faults(params string[] lines) => File.WriteAllLines(Path.Combine(folder, "faults.txt"), lines);

    private List<string> Talk(params string[] packets)
    {
        using var client = new TcpClient("127.0.0.1", port) { NoDelay = true };
        var stream = client.GetStream();
        foreach (var packet in packets)
        {
            stream.Write(Encoding.Latin1.GetBytes(packet));
        }

        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var lines = new List<string>();
        try
        {
            while (reader.ReadLine() is { } line)
            {
                lines.Add(line);
            }
        }
        catch (IOException)
        {
            // the peer broke off with our bytes unread
        }

        return lines;
    }
}
