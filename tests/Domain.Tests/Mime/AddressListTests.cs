using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class AddressListTests
{
    [Theory]
    [InlineData("jane@x.example", "|jane@x.example")]
    [InlineData("<jane@x.example>", "|jane@x.example")]
    [InlineData("Jane Doe <jane@x.example>", "Jane Doe|jane@x.example")]
    [InlineData("\"Doe, Jane\" <jane@x.example>", "Doe, Jane|jane@x.example")]
    [InlineData("Doe, Jane <jane@x.example>", "Doe, Jane|jane@x.example")]
    [InlineData("jane@x.example (Jane (the) Doe)", "Jane (the) Doe|jane@x.example")]
    [InlineData("jane@x.example, bob@y.example", "|jane@x.example;|bob@y.example")]
    [InlineData("jane@x.example; bob@y.example;", "|jane@x.example;|bob@y.example")]
    [InlineData("Friends: jane@x.example, Bob <bob@y.example>;, c@z.example", "|jane@x.example;Bob|bob@y.example;|c@z.example")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("<@a.example,@b.example:jane@x.example>", "|jane@x.example")]
    [InlineData("jane . doe @ x . example", "|jane.doe@x.example")]
    [InlineData("\"jane doe\"@x.example", "|\"jane doe\"@x.example")]
    [InlineData("\"jane\"@x.example", "|jane@x.example")]
    [InlineData("<\"a b\"@x.example>", "|\"a b\"@x.example")]
    [InlineData("jane@[192.0.2.1]", "|jane@[192.0.2.1]")]
    [InlineData("=?utf-8?Q?J=C3=BCrgen=2C_K?= <j@x.example>", "Jürgen, K|j@x.example")]
    [InlineData("=?utf-8?Q?A?= =?utf-8?Q?B?= <j@x.example>", "AB|j@x.example")]
    [InlineData("jane@x.example <jane@x.example>", "jane@x.example|jane@x.example")]
    [InlineData("Jane Doe jane@x.example", "Jane Doe|jane@x.example")]
    [InlineData("Jane <jane@x.example, Bob <bob@y.example>", "Jane|jane@x.example;Bob|bob@y.example")]
    [InlineData("<<jane@x.example>>", "|jane@x.example")]
    [InlineData("postmaster", "|postmaster")]
    [InlineData("no address here", "no address here|")]
    [InlineData("Mail System <>", "Mail System|")]
    [InlineData("\"open quote <a@b>", "open quote <a@b>|")]
    [InlineData(", ,;,", "")]
    [InlineData("", "")]
    [InlineData("jürgen@müller.example", "|jürgen@müller.example")]
    public void Lists_are_read_as_they_come(string value, string expected) =>
        string.Join(';', AddressList.Parse(value).Mailboxes.Select(m => $"{m.DisplayName}|{m.Address}")).ShouldBe(expected);

    [Fact]
    public void The_number_of_addresses_is_bounded()
    {
        var list = AddressList.Parse(string.Concat(Enumerable.Repeat("a@x,", 5_000)), 100);

        list.Mailboxes.Count.ShouldBe(100);
        list.Faults.ShouldBe(MimeFaults.TooManyAddresses);
    }

    [Theory]
    [InlineData("word, a@x.example")]
    [InlineData("a@x.example, word")]
    public void The_bound_holds_where_one_end_completes_two(string text)
    {
        var list = AddressList.Parse(text, 1);

        list.Mailboxes.Count.ShouldBe(1);
        list.Faults.HasFlag(MimeFaults.TooManyAddresses).ShouldBeTrue();
    }

    [Theory]
    [InlineData("<a,")]
    [InlineData("(")]
    [InlineData("\"a")]
    [InlineData("[a")]
    [InlineData("<@")]
    [InlineData("a b ")]
    public void A_hostile_list_is_read_in_linear_time(string piece) =>
        AddressList.Parse(string.Concat(Enumerable.Repeat(piece, 150_000))).Faults.ShouldNotBe(MimeFaults.None);

    [Fact]
    public void A_list_comes_back_as_it_went() => Prop.ForAll<string[], byte>((names, salt) =>
    {
        var list = names.Select((n, i) => new Mailbox(
            string.Join(' ', HeaderTextTests.Clean(n).Replace('\u0085', ' ').Trim()),
            i % 3 == 0 ? "\"od\\\"d na\\\\me\"@x.example" : $"user{i}+{salt}@site{i}.example")).ToList();
        var field = Letters.Written(o => new HeaderWriter(o).Mailboxes("To", list));
        return MimeMessage.Read(field).Root.Addresses("To").Mailboxes.SequenceEqual(list)
            && field.Text().Split("\r\n").All(l => l.Length <= 998);
    }).QuickCheckThrowOnFailure();
}
