using System.Buffers;
using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

/// <summary>Invented messages, each with something that mail really has, and the ways to hand them to a reader.</summary>
internal static class Letters
{
    public const string Plain = """
        Received: from a.example (a.example [192.0.2.1]) by b.example with ESMTP id 1; Fri, 21 Nov 1997 09:55:06 -0600
        Received: from c.example
            by a.example; Fri, 21 Nov 1997 09:55:00 -0600
        From: "Doe, Jane" <jane@site1.example>
        To: Bob <bob@site2.example>,
            "Ann \"A\" Lee" <ann@site2.example>
        Cc: =?utf-8?Q?J=C3=BCrgen?= <j@site2.example>
        Subject: =?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_aus?= K=?utf-8?B?w7ZsbiE=?=
        Date: Fri, 21 Nov 1997 09:55:06 -0600
        Message-ID: <1@site1.example>

        Hello,
        this is text.

        """;

    public const string Mixed = """
        From: jane@site1.example
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="outer"

        preamble
        --outer
        Content-Type: multipart/alternative; boundary=inner

        --inner
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        caf=C3=A9 =
        ends
        --inner
        Content-Type: text/html

        <p>caf&eacute;</p>
        --inner--
        --outer
        Content-Type: application/octet-stream; name="plain.bin"
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment;
         filename*0*=iso-8859-1''Pl%E4ne;
         filename*1*=%20und;
         filename*2=" mehr.bin"

        AAECAwQFBgcICQ==
        --outer
        Content-Type: message/rfc822

        From: inner@site2.example
        Subject: inner
        Content-Type: multipart/mixed; boundary=deep

        --deep

        no header here
        --deep--
        epilogue of inner
        --outer--
        epilogue

        """;

    public const string Broken = """
        From someone Fri Nov 21 09:55:06 1997
         continuation of nothing
        Content-Type: multipart/mixed; boundary="b
        Content-Type: text/plain
        From: Jane Doe jane@site1.example, <bob@x
        Subject : =?x-unknown?Q?a=FFb?= =?utf-8?B?w7?= =?=

        --b
        Content-Transfer-Encoding: base64
        --b
        Content-Transfer-Encoding: strange
        Content-Type: nonsense

        =3D=ZZ text
        --b
        Content-Type: text/plain; charset=iso-2022-jp
        Content-Transfer-Encoding: 7bit

        $B%F%9%H(B
        begin 644 a.txt
        %:&5L;&\
        `
        end

        """;

    public const string Report = """
        From: MAILER-DAEMON@site2.example
        To: jane@site1.example
        Subject: Undelivered
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="r"

        --r

        It did not work.
        --r
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.site2.example
        Arrival-Date: Fri, 21 Nov 1997 09:55:06 -0600

        Original-Recipient: rfc822;bob@site2.example
        Final-Recipient: rfc822; robert@site2.example
        Action: failed (really)
        Status: 5.1.1 (unknown)
        Diagnostic-Code: smtp; 550 5.1.1
          no such user
        Remote-MTA: dns; inner.site2.example

        Final-Recipient: <carl@site2.example>
        Status: 4.4.1
        --r
        Content-Type: text/rfc822-headers

        Message-ID: <1@site1.example>
        Subject: hello
        --r--

        """;

    public static TheoryData<string> All => [Plain, Mixed, Broken, Report];

    /// <summary>As it comes over a wire: with CRLF.</summary>
    public static byte[] Bytes(string text) =>
        Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    public static ReadOnlySequence<byte> Sequence(string text) => new(Bytes(text));

    /// <summary>The same bytes in segments of the given length.</summary>
    public static ReadOnlySequence<byte> InPieces(byte[] bytes, int length) => ContentSequence.Join(
        [.. bytes.Chunk(length).Select(static c => new ReadOnlyMemory<byte>(c))]);

    public static MimeMessage Read(string text) => MimeMessage.Read(Sequence(text));

    public static byte[] Decoded(this MimePart part)
    {
        var output = new ArrayBufferWriter<byte>();
        part.Decode(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    public static string Text(this byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
