using System.Buffers;
using System.Text;
using Postern.Infrastructure.Smtp.Listening;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

/// <summary>Whatever a client sends as a command, each reader returns a value or a reply that refuses it.</summary>
public sealed class CommandSweepTests
{
    private static readonly string[] Senders =
        ["FROM:<ann@peer.example> SIZE=1000 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B1", "FROM:<> RET=FULL", "FROM:<\"a>\\\"b\"@b.example> size=1"];

    private static readonly string[] Recipients =
    [
        "TO:<@a.example,@b.example:\"j \\\"d\"@site1.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;j+2Bd@site1.example",
        "TO:<jäne@[IPv6:2001:db8::1]> ORCPT=utf-8;j\\x{E4}ne@site1.example", "TO:postmaster NOTIFY=NEVER",
    ];

    private static readonly string[] Words =
    [
        "<", ">", "@", "\"", "\\", ":", ";", ",", "=", "+", "+2B", "+0D", "+4", " ", "  ", "[", "]", "IPv6:", "\\x{", "}", "\\x{D800}", "\\x{110000}", "\\x{FFFFFFFF}", "NOTIFY=", "NEVER",
        "SUCCESS,", "ORCPT=", "rfc822;", "utf-8;", "SIZE=", "99999999999999999999", "BODY=", "RET=", "ENVID=", "AUTH=<>", "SMTPUTF8", "FROM:", "TO:", "\r", "\n", "\0", "😀",
    ];

    [Fact]
    public void A_command_is_read() => Bytes(
        [.. Senders.Select(text => $"MAIL {text}").Concat(Recipients.Select(text => $"RCPT {text}")).Append("EHLO client.example").Append("STARTTLS").Append("GET / HTTP/1.1").Select(Encoding.UTF8.GetBytes)],
        [.. Words, "DATA", "QUIT", "\u00ff"],
        bytes =>
        {
            var command = SmtpCommand.Parse(bytes);
            Demand(!command.Argument.Any(char.IsControl) || command.Argument.Any(c => c > '\u007f'), "an argument holds no control character of ASCII");
            Demand(command.Argument.Length <= bytes.Length, "an argument is no longer than its line");
        });

    [Fact]
    public void The_arguments_of_MAIL_are_read() => Text(Senders, Words, text =>
        Demand(MailArguments.TryParse(text, out _, out var fault) || fault.Code >= 500, "there is a sender or a refusal"));

    [Fact]
    public void The_arguments_of_RCPT_are_read() => Text(Recipients, Words, text =>
    {
        Demand(RcptArguments.TryParse(text, isUtf8: true, out var arguments, out var fault) || fault.Code >= 500, "there is a recipient or a refusal");
        Demand(arguments.OriginalRecipient is null || !arguments.OriginalRecipient.Any(char.IsControl), "the original recipient holds no control character");
        RcptArguments.TryParse(text, isUtf8: false, out _, out _);
    });

    [Fact]
    public void A_path_is_read() => Text(
        ["<ann@peer.example> SIZE=1", "<@a.example,@b.example:\"j \\\"d\"@site1.example>", "ann@[192.0.2.1]", "<>", "<Postmaster>", " <\"a>b\"@b.example> X"], Words, text =>
        {
            var isRead = PathParser.TryRead(text, out var path, out var parameters, out var fault);
            Demand(isRead == (fault.Length == 0), "there is a path or a fault");
            Demand(text.EndsWith(parameters, StringComparison.Ordinal), "what follows the path is the end of the text");
            Demand(isRead || path.IsNull, "a path that was refused is none");
        });

    [Fact]
    public void Parameters_are_taken_apart() => Text([" SIZE=1000 BODY=8BITMIME", " NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb", "x y z"], [.. Words, "-", "a=b "], text =>
    {
        Demand(EsmtpParameters.TryParse(text, out var parameters, out var fault) || fault.Code == 501, "there are parameters or a refusal");
        Demand(parameters.Count <= 20 && parameters.Select(parameter => parameter.Keyword).Distinct().Count() == parameters.Count, "they are few and each is said once");
    });

    [Fact]
    public void Xtext_is_decoded() => Text(["j+2Bd@site1.example", "a+20b", "plain"], Words, text =>
        Demand(!Xtext.TryDecode(text, out var decoded) || !decoded.AsSpan().ContainsAnyExceptInRange(' ', '~'), "decoded xtext is printable"));

    [Fact]
    public void An_international_address_is_decoded() => Text(["j\\x{E4}ne@site1.example", "\\x{1F600}@x.example", "jäne@x"], Words, text =>
        Demand(!Xtext.TryDecodeUtf8Address(text, out var decoded) || !decoded.Any(c => c < ' '), "a decoded address holds no control character"));

    [Fact]
    public void Lines_are_cut_out_of_what_arrives() => Bytes(
        ["EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"u8.ToArray(), "NOOP\nQUIT\r\n"u8.ToArray(), [.. Enumerable.Repeat((byte)'x', 120), (byte)'\r', (byte)'\n']],
        ["\r\n", "\r", "\n", "NOOP\r\n", "\0", new('x', 70)],
        bytes =>
        {
            var reader = new CommandReader();
            var rest = new ReadOnlySequence<byte>(bytes);
            for (var rounds = 0; !rest.IsEmpty; rounds++)
            {
                Demand(rounds <= bytes.Length, "each round takes something");
                var kind = reader.Read(rest, 100, out var consumed, out _);
                rest = rest.Slice(consumed);
                if (kind is null or InputKind.BareLineEnd)
                {
                    return;
                }
            }
        });

    [Fact]
    public void The_address_of_a_listener_is_read() => Text(["127.0.0.1", "*", "localhost", "::1", "fe80::1%eth0"], [":", "::", ".", "%", "*", "[", "]", " ", "256"], text =>
        Demand(ListenerEndPoint.TryParse(text, 25, out var endPoint) || endPoint.Port == 25, "there is an end point or none"));

    [Fact]
    public void A_network_that_may_relay_is_read() => Text(["192.0.2.0/24", "2001:db8::/32", "10.0.0.1", "::ffff:10.0.0.0/104"], ["/", "/0", "/8", "/129", "/-1", ":", "::", ".", "%1", " "], text =>
    {
        var isRead = RelayNetworkSet.TryParse(text, out var network, out var fault);
        Demand(isRead == (fault.Length == 0), "there is a network or a fault");
        Demand(!isRead || network.PrefixLength >= 7, "no network is as wide as the internet");
    });
}
