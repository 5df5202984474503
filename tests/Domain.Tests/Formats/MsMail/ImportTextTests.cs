using System.Buffers;
using System.Text;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class ImportTextTests
{
    [Fact]
    [Trait("source", "Q118947")]
    [Trait("source", "Q104281")]
    [Trait("source", "Q117198")]
    public void A_file_is_read_and_written_again_byte_for_byte()
    {
        var file = Fixture("import.exp");

        var records = Read(file);

        records.ShouldAllBe(record => record.IsUsable);
        records.Select(record => record.Action).ShouldBe(
            [ImportAction.Template, ImportAction.Replace, ImportAction.Add, ImportAction.Add, ImportAction.Modify, ImportAction.Delete]);
        records[0].Fields[1].ShouldBe(new ImportField("City/ST:", 15, 25, "A", "", ""));
        records[1].List.ShouldBe("BRIDGENET/HUB1");
        records[3].Values.ShouldBe([new("Phone:", "555 0102"), new("City/ST:", "Turku")]);
        (records[4].Alias, records[4].NewAlias, records[4].NewAddress!.Text).ShouldBe(("Holm, Gustava", "Holm-Berg, Gustava", "BRIDGENET/HUB1/GUSTAVAH"));
        Written(records).ShouldBe(Encoding.Latin1.GetString(file));
    }

    [Theory]
    [Trait("source", "Q104869")]
    [Trait("source", "Q140944")]
    [Trait("source", "Q157712")]
    [Trait("source", "Q156730")]
    [InlineData("A Doe, Jane                      PCM:NET/PO/JDOE")]
    [InlineData("A\tDoe, Jane\tPCM:NET/PO/JDOE")]
    [InlineData("A Doe, Jane\tPCM:NET/PO/JDOE")]
    [InlineData("A Doe, Jane PCM:NET/PO/JDOE")]
    [InlineData("A Doe, Jane pcm:NET/PO/JDOE")]
    [InlineData("A Doe, Jane                      CSI:NET/PO/JDOE")]
    [InlineData("A Doe, JanePCM:NET/PO/JDOE")]
    [InlineData("A Doe, Jane NET/PO/JDOE")]
    [InlineData("0000000645 A Doe, Jane                      PCM:NET/PO/JDOE")]
    [InlineData("645 A Doe, Jane PCM:NET/PO/JDOE")]
    [InlineData("0000000645   Doe, Jane                      PCM:NET/PO/JDOE")]
    [InlineData("0000000645 Doe, Jane                        PCM:NET/PO/JDOE")]
    public void A_name_and_its_address_are_found_however_they_stand_there(string line)
    {
        var record = Read(line).Single();

        record.Faults.ShouldBeEmpty();
        (record.Action, record.Alias, record.Address.Text, record.Address.IsNative).ShouldBe((ImportAction.Add, "Doe, Jane", "NET/PO/JDOE", true));
        record.Number.ShouldBe(line[0] == 'A' ? null : 645);
    }

    [Theory]
    [InlineData("A Doe, MS: the second            SMTP:jane@site1.example", "Doe, MS: the second", "SMTP", "jane@site1.example")]
    [InlineData("A Fax Desk                       FAX:A~B~C~555-0100", "Fax Desk", "FAX", "A~B~C~555-0100")]
    [InlineData("A Doe, Jane                      X400:/c=US/admd= /s=Doe", "Doe, Jane", "X400", "/c=US/admd= /s=Doe")]
    public void Addresses_of_gateways_are_kept_whole(string line, string alias, string type, string text)
    {
        var record = Read(line).Single();

        (record.Alias, record.Address.Type, record.Address.Text).ShouldBe((alias, type, text));
    }

    [Theory]
    [Trait("source", "Q159308")]
    [Trait("source", "Q151782")]
    [Trait("source", "Q167247")]
    [Trait("source", "Q152424")]
    [InlineData("M Doe, Jane                      PCM:NET/PO/JDOE\r\n- A very long prompt that goes beyond column thirty-four:/PCM:x", "", true)]
    [InlineData("M Doe, Jane                      PCM:NET/PO/JDOE\r\n  Roe, Jane                      PCM:NET/PO/JDOE\r\n- Phone:/1", "Roe, Jane", true)]
    [InlineData("M Doe, Jane\r\n- Phone:/1", "", false)]
    public void A_modify_has_one_line_or_two_and_the_first_character_tells(string text, string newAlias, bool hasAddress)
    {
        var record = Read(text).Single();

        record.Faults.ShouldBeEmpty();
        (record.NewAlias, !record.Address.IsEmpty, record.Values.Count).ShouldBe((newAlias, hasAddress, 1));
    }

    [Theory]
    [Trait("source", "Q104687")]
    [Trait("source", "Q194819")]
    [Trait("source", "Q156729")]
    [InlineData("X Doe, Jane   PCM:NET/PO/JDOE", 12, "Line 2 begins with “X”; A, D, M, R, T, a hyphen or a blank can stand there.")]
    [InlineData("A Doe, Jane", 19, "Line 2 has no address.")]
    [InlineData("A                                PCM:NET/PO/JDOE", 18, "Line 2 has no full name.")]
    [InlineData("A A name of more than thirty characters\tPCM:NET/PO/JDOE", 72, "Line 2 has the full name “A name of more than thirty characters”, which is longer than 30 characters; it stands in columns 3 to 32 or before a tab.")]
    [InlineData("A Doe, Jane\tPCM:NETWORKNAME/PO/JDOE", 20, "Line 2 has an address of which a part is longer than 10 characters: PCM:NETWORKNAME/PO/JDOE.")]
    [InlineData("A Doe, Jane\tPCM:NET/PO", 19, "Line 2 has the address PCM:NET/PO, which is not NETWORK/POSTOFFICE/MAILBOX.")]
    [InlineData("A Doe, Jane\tPCM:NET/PO/JDOE\r\n-Phone", 22, "Line 3 is not “-prompt/information”.")]
    public void A_record_that_cannot_be_read_has_its_number_and_its_line_and_the_next_one_is_read(string line, int number, string sentence)
    {
        var records = Read($"A Before\tPCM:N/P/B\r\n{line}\r\nA After\tPCM:N/P/A\r\n");

        records.Select(record => record.IsUsable).ShouldBe([true, false, true]);
        (records[1].Faults[0].Number, records[1].Faults[0].Sentence).ShouldBe((number, sentence));
    }

    [Theory]
    [Trait("source", "Q196892")]
    [Trait("source", "Q117198")]
    [InlineData("City/ST/Zip:", "Any City, WA")]
    [InlineData("Ends with a slash/", "1/2")]
    [InlineData("//", "x")]
    [InlineData("Phone:", "/5")]
    public void A_field_comes_back_as_it_went(string prompt, string value)
    {
        var record = Read("A Doe, Jane\tPCM:NET/PO/JDOE").Single() with { Values = [new(prompt, value)] };

        Read(Written([record])).Single().Values.ShouldBe([new(prompt, value)]);
    }

    [Theory]
    [Trait("source", "Q159294")]
    [Trait("source", "Q85055")]
    [Trait("source", "Q140951")]
    [InlineData("A One\tPCM:N/P/A\rA Two\tPCM:N/P/B\r")]
    [InlineData("A One\tPCM:N/P/A\nA Two\tPCM:N/P/B")]
    [InlineData("A One\tPCM:N/P/A\r\r\n\r\nA Two\tPCM:N/P/B\r\n\r\n\r\n\u001a")]
    public void Line_ends_and_empty_lines_do_not_matter(string text) => Read(text).Select(record => record.Alias).ShouldBe(["One", "Two"]);

    [Fact]
    [Trait("source", "Q196892")]
    public void Two_hundred_fields_are_read() =>
        Read("A Doe, Jane\tPCM:N/P/A\r\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"- Prompt {i}:/{i}\r\n"))).Single().Values.Count.ShouldBe(200);

    [Fact]
    [Trait("source", "Q123398")]
    [Trait("source", "Q104869")]
    public void Names_of_29_and_30_characters_and_mailboxes_of_1_9_and_10_come_back()
    {
        foreach (var alias in (int[])[1, 29, 30])
        {
            foreach (var mailbox in (int[])[1, 9, 10])
            {
                var record = Read($"D {new string('n', alias)}\tPCM:N/P/{new string('M', mailbox)}").Single();

                Read(Written([record])).Single().ShouldSatisfyAllConditions(
                    again => again.Alias.ShouldBe(record.Alias), again => again.Address.ShouldBe(record.Address), again => again.IsUsable.ShouldBeTrue());
            }
        }
    }

    [Fact]
    public void What_cannot_be_written_as_it_is_is_said()
    {
        var records = Read("A Doe, Jane\tPCM:N/P/A\r\nX\r\n");
        var output = new ArrayBufferWriter<byte>();

        var losses = ImportTextWriter.Write([records[0] with { Alias = "Dvořák-Fitzgerald-Montgomery, Wilhelmina" }, records[1]], Profile, withNumbers: false, output);

        losses.Select(loss => loss.Kind).ShouldBe([LossKind.Shortened, LossKind.Dropped]);
        Encoding.Latin1.GetString(output.WrittenSpan).ShouldBe("A Dvorák-Fitzgerald-Montgomery,  PCM:N/P/A\r\n".Replace("á", "\u00a0", StringComparison.Ordinal));
    }

    private static List<ImportRecord> Read(string text) => Read(Encoding.Latin1.GetBytes(text));

    private static List<ImportRecord> Read(byte[] text) => [.. ImportTextReader.Read(new ReadOnlySequence<byte>(text), Profile)];

    private static string Written(IEnumerable<ImportRecord> records)
    {
        var output = new ArrayBufferWriter<byte>();
        ImportTextWriter.Write(records, Profile, withNumbers: false, output);
        return Encoding.Latin1.GetString(output.WrittenSpan);
    }
}
