using System.Text;
using Postern.Domain.Mime;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Mime;

/// <summary>Whatever stands in a header, each reader of a field returns a value.</summary>
public sealed class HeaderSweepTests
{
    private static readonly string[] Parameters =
    [
        "text/plain; charset=utf-8", "multipart/mixed; boundary=\"a b\"", "a/b (comment); name=\"say \\\"hi\\\".txt\"; x",
        "attachment; filename*0*=iso-8859-1''Pl%E4ne; filename*1*=%20und; filename*2=\" mehr.bin\"", "attachment; filename*1=b; filename*0=a; filename*3=c",
        "inline; filename=\"=?utf-8?B?UGzDpG5l?=.doc\"; size=12",
    ];

    private static readonly string[] ParameterWords =
        [";", "=", "\"", "\\", "*", "*0*=", "*1=", "*99999999999=", "''", "utf-8''", "%E4", "%", "(", ")", "name=", "filename*=", "=?utf-8?Q?=", "/", "\r\n", "\0"];

    [Fact]
    public void Addresses_are_read() => Text(
        [
            "\"Doe, Jane\" <jane@site1.example>, Bob <bob@site2.example>", "Jane Doe jane@site1.example, <bob@x", "Team: a@b.example, \"x y\"@c.example;, d@e.example",
            "<@a.example,@b.example:jane@c.example> (comment (inner))", "jane . doe @ site1.example; x@[192.0.2.1]",
        ],
        ["<", ">", "\"", "\\", "(", ")", ",", ";", ":", "@", "[", "]", "..", " ", "=?utf-8?Q?", "?=", "\u0001", "\u0002", "\ud83d"],
        text =>
        {
            var list = AddressList.Parse(text, 5);
            Demand(list.Mailboxes.Count <= 5, "no more addresses than were asked for");
            Demand(list.Mailboxes.All(mailbox => mailbox.Address.Length <= 400 && !mailbox.Address.Any(char.IsControl)), "an address is bounded and has no control character");
        });

    [Fact]
    public void A_date_is_read() => Text(
        [
            "Fri, 21 Nov 1997 09:55:06 -0600", "21 Nov 97 09:55 GMT", "Fri (day), 21 Nov 1997 09:55:06 (CST) -0600", "Fri Nov 21 09:55:06 EST 1997", "31 Dec 9990 23:59:60 +9999",
            "1 Jan 1900 00:00 -1400",
        ],
        ["(", ")", ":", "-", "+", "+1400", "-1401", "99", "0000", "Feb", "29", "9990", "9999", "1900", " ", ",", "CEST", "Z"],
        text =>
        {
            if (MessageDate.TryParse(text, out var date) && date.Year is > 1900 and < 9990)
            {
                Demand(MessageDate.TryParse(MessageDate.Format(date), out var again) && again == date, "a date that was read can be written and read again");
            }
        });

    [Fact]
    public void Header_text_is_read() => Bytes(
        [
            Letters.Bytes("=?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_aus?= K=?utf-8?B?w7ZsbiE=?="), Letters.Bytes("plain\n  folded\n\ttwice"), Encoding.Latin1.GetBytes("Grüße"),
            Letters.Bytes("=?utf-8*en?Q?a?= =?x-unknown?b?AA?= =?="),
        ],
        ["=?", "?=", "?Q?", "?B?", "=?utf-8?Q?", "=?iso-2022-jp?B?GyRC?=", "=C3", "_", "==", "\r\n ", "\r", "\n", "\0", "\ud83d\ude00"],
        bytes =>
        {
            Demand(HeaderText.Unfold(bytes).AsSpan().IndexOfAny('\r', '\n') < 0, "an unfolded value is one line");
            var text = HeaderText.Decode(bytes);
            Demand(StorableText.Clean(text, text.Length) == text, "text is storable");
        });

    [Fact]
    public void Encoded_words_are_decoded() => Text(
        ["=?iso-8859-1?Q?Gr=FC=DFe?= =?iso-8859-1?Q?_aus?=", "K=?utf-8?B?w7ZsbiE=?=!", "=?utf-8*en?Q?a?= b =?x-unknown?b?AA?= =?="],
        ["=?", "?=", "?Q?", "?b?", "?", "=", "=C3", "_", "==", "*", " ", "\"", "=?utf-16?B?AA?="],
        text =>
        {
            var decoded = EncodedWords.Decode(text);
            Demand(decoded.Length <= text.Length * 2, "words shrink when they are decoded");
            var wellFormed = StorableText.Clean(decoded, decoded.Length);
            Demand(EncodedWords.Decode(string.Join(' ', EncodedWords.Encode(wellFormed))) == wellFormed, "what is encoded comes back");
        });

    [Fact]
    public void A_content_type_is_read() => Text(Parameters, ParameterWords, text =>
    {
        var type = ContentType.Parse(text, out _);
        Demand(type.Type.Length is > 0 and <= 127 && type.Subtype.Length is > 0 and <= 127, "there is always a type");
        Demand(type.Type.All(char.IsAscii), "a type is ASCII");
    });

    [Fact]
    public void A_content_disposition_is_read() => Text(Parameters, ParameterWords, text =>
    {
        var disposition = ContentDisposition.Parse(text, out _);
        Demand(disposition.Parameters.Items.All(item => item.Key.Length > 0), "a parameter has a name");
        var name = FileNames.Clean(disposition.Parameters["filename"]);
        Demand(name is null or { Length: > 0 and <= FileNames.MaximumLength }, "a file name is bounded");
        Demand(name is null || name.AsSpan().IndexOfAny("/\\\0\r\n") < 0, "a file name is no path");
    });

    [Fact]
    public void A_file_name_is_cleaned() => Text(
        ["plan.doc", "C:\\docs\\plan.doc", "../../etc/passwd", "..", new string('x', 300) + ".extension", "日本語.txt", "a\0b\r\n.doc"],
        ["/", "\\", "..", ".", "\0", "\ud83d", "\ude00", " ", ".tar.gz"],
        text =>
        {
            var name = FileNames.Clean(text);
            Demand(name is null || (name.Length <= FileNames.MaximumLength && StorableText.Clean(name, name.Length) == name), "a file name is bounded and storable");
            Demand(name is null || name.AsSpan().IndexOfAny('/', '\\') < 0, "a file name is no path");
        });
}
