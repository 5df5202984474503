using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Directory.Templates;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Tests.Support;
using static Postern.Domain.Tests.Directory.Rows;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Directory;

/// <summary>What partners of each kind list, as entries, and entries as each kind takes them.</summary>
public sealed class PartnerTests
{
    private static readonly CsvTable TitledTable = new(CsvMapping.Guess(["id", "name", "mail", "phone"]), ["id", "name", "mail", "phone"]);

    private static readonly CcMailEntries Harbour = new("HARBOUR", CommentRule.Notes) { KnownPostOffices = ["HARBOUR", "EXSITE1", "QUAY2"] };

    [Fact]
    [Trait("source", "Q241988")]
    [Trait("source", "Q196255")]
    public void A_cc_mail_user_has_the_parts_of_the_name_and_the_post_office_where_the_record_says()
    {
        Harbour.TryRead(new("Smith, John Q.", DirectoryLocation.LocalUserElsewhere, "QUAY2", "Cranes"), out var entry, out _).ShouldBeTrue();

        entry.Address.ToString().ShouldBe("CCMAIL:Smith, John Q. at QUAY2");
        entry.Values.Text.ShouldBe("given=John\ninitials=Q.\nnotes=Cranes\nsurname=Smith\n");
        entry.Identity.ShouldBe(entry.Address.Key);
    }

    [Theory]
    [InlineData("~ADE_X", DirectoryLocation.LocalUser, "It belongs to cc:Mail's own exchange of directories.")]
    [InlineData("SITE1", DirectoryLocation.DirectPostOffice, "It is a post office.")]
    [InlineData("Rosa Delgado", DirectoryLocation.Alias, "It is another name of an entry.")]
    public void A_record_that_stands_for_nobody_is_passed_over_with_its_reason(string name, DirectoryLocation location, string expected)
    {
        Harbour.TryRead(new(name, location, "", ""), out _, out var fault).ShouldBeFalse();

        fault.Sentence.ShouldBe(expected);
    }

    [Fact]
    [Trait("source", "Q156063")]
    public void A_row_of_ours_is_a_user_behind_our_gateway_and_is_known_again_when_the_directory_is_read_back()
    {
        var row = Row(CcMail, "Okafor, Ngozi", "CCMAIL:Okafor, Ngozi at EXSITE1", "e1", ("notes", "Planning"));

        var record = Harbour.Write(row);
        Harbour.TryHeld(record, CcMail, out var held).ShouldBeTrue();

        record.ShouldBe(new DirectoryRecord("Okafor, Ngozi", DirectoryLocation.RemoteUserElsewhere, "EXSITE1 Okafor, Ngozi", "Planning") { LocationText = "r" });
        held.ShouldBe(row with { Identity = row.AddressKey });
    }

    [Fact]
    [Trait("source", "Q156063")]
    public void A_post_office_holds_its_name_as_everybody_does()
    {
        Harbour.TryHeld(new("SITE1", DirectoryLocation.DirectPostOffice, "", ""), CcMail, out var office).ShouldBeTrue();

        Compare(CcMail, [Row(CcMail, "Site1", "CCMAIL:Site1 at EXSITE1", "e1")], office.Foreign()).Single().Class.ShouldBe(ChangeClass.Collision);
    }

    [Fact]
    [Trait("source", "Q228601")]
    [Trait("source", "Q175482")]
    [Trait("source", "Q158694")]
    public void Fields_of_ms_mail_are_known_with_a_colon_and_without()
    {
        var record = new ImportRecord
        {
            Action = ImportAction.Add,
            Alias = "Doe, Jane",
            Address = MsMailAddressText.Parse("PCM:NET/PO/JDOE"),
            Values = [new("Department", "Sales"), new("first name:", "Jane"), new("Shoe size:", "39")],
        };

        MsMailEntries.Standard.TryRead(record, out var entry, out _).ShouldBeTrue();

        entry.Address.ToString().ShouldBe("MS:NET/PO/JDOE");
        entry.Values.Text.ShouldBe("department=Sales\ngiven=Jane\n");
    }

    [Fact]
    [Trait("source", "Q107754")]
    [Trait("source", "Q152424")]
    [Trait("source", "Q246833")]
    public void Changes_become_records_in_two_lines_with_all_fields_and_a_move_is_a_delete_and_an_add()
    {
        var partner = MsMailEntries.Standard with { SendsFields = true };
        var before = Row(MsMail, "Doe, Jane", "MS:NET/PO1/JDOE", "1", ("phone", "1"), ("title", "Pilot"));
        var renamed = Row(MsMail, "Roe, Jane", "MS:NET/PO1/JDOE", "1", ("phone", "1"), ("title", "Pilot"));
        var moved = Row(MsMail, "Doe, Jane", "MS:NET/PO2/JDOE", "1");

        var rename = partner.Write(Compare(MsMail, [renamed], before.Ours()).Single()).Single();
        var move = partner.Write(Compare(MsMail, [moved], before.Ours()).Single()).ToList();

        (rename.Action, rename.Alias, rename.NewAlias).ShouldBe((ImportAction.Modify, "Doe, Jane", "Roe, Jane"));
        rename.Values.ShouldBe([new("Phone:", "1"), new("Title:", "Pilot")]);
        move.Select(record => $"{record.Action} {record.Address}").ShouldBe(["Delete PCM:NET/PO1/JDOE", "Add PCM:NET/PO2/JDOE"]);
    }

    [Fact]
    [Trait("source", "Q228601")]
    public void No_field_is_sent_unless_that_is_switched_on() =>
        MsMailEntries.Standard.WriteList("NET/PO", [Row(MsMail, "Doe, Jane", "MS:NET/PO/JDOE", "1", ("phone", "1"))]).Select(record => $"{record.Action} {record.Address} {record.Values.Count}")
            .ShouldBe(["Replace PCM:NET/PO 0", "Add PCM:NET/PO/JDOE 0"]);

    [Fact]
    [Trait("source", "Q130230")]
    public void A_post_office_that_is_retired_is_an_empty_list() => MsMailEntries.Standard.WriteList("NET/PO", []).Single().Action.ShouldBe(ImportAction.Replace);

    [Fact]
    [Trait("source", "Q157007")]
    [Trait("source", "Q164628")]
    public void Of_an_active_directory_entry_the_capital_types_are_the_first_addresses_in_whatever_order_they_come()
    {
        string[] proxies = ["smtp:j.doe@old.example", "CCMAIL:Doe, Jane at SALES", "SMTP:jane.doe@site1.example", "ms:NET/PO/JDOE", "ccmail:Doe, Jane at OLD", "X400:c=US;a= ;s=Doe;"];
        foreach (var order in (string[][])[proxies, [.. proxies.Reverse()]])
        {
            var attributes = Attributes([("displayName", "Doe, Jane"), ("mail", "jane.doe@site1.example"), ("objectGUID", "0a0b"), ("objectClass", "top"), ("objectClass", "user"), ("department", "Sales"), .. order.Select(proxy => ("proxyAddresses", proxy))]);

            AttributeMap.ActiveDirectory.TryRead("CN=Jane", attributes, out var entry, out _).ShouldBeTrue();

            entry.Address.ToString().ShouldBe("jane.doe@site1.example");
            entry.Proxies.First(address => address.Type == "CCMAIL").ToString().ShouldBe("CCMAIL:Doe, Jane at SALES");
            (entry.Identity, entry.Proxies.Count, entry.Values["department"], entry.Kind).ShouldBe(("objectGUID:0a0b", 4, "Sales", RowKind.Person));
        }
    }

    [Fact]
    [Trait("source", "Q182503")]
    public void An_exchange_recipient_is_called_by_its_display_name_and_hidden_where_it_says_so()
    {
        var attributes = Attributes([("rdn", "B829DF6D"), ("cn", "Doe, Jane"), ("targetAddress", "CCMAIL:Doe, Jane at SALES"), ("mail", "jane@site1.example"), ("hide-from-address-book", "TRUE"), ("objectClass", "groupOfNames")]);

        AttributeMap.Exchange55.TryRead("cn=B829DF6D", attributes, out var entry, out _).ShouldBeTrue();

        (entry.Name, entry.IsHidden, entry.Kind, entry.Address.ToString()).ShouldBe(("Doe, Jane", true, RowKind.List, "CCMAIL:Doe, Jane at SALES"));
    }

    [Theory]
    [Trait("source", "Q156729")]
    [InlineData("cn", "Jane Doe", "It has no address.")]
    [InlineData("mail", "jane@site1.example", "It has no displayName or cn.")]
    public void An_entry_that_cannot_be_used_is_passed_over_with_its_reason(string name, string value, string expected)
    {
        AttributeMap.Standard.TryRead("cn=x", Attributes([(name, value)]), out _, out var fault).ShouldBeFalse();

        fault.ShouldBe(new EntryFault("cn=x", expected));
    }

    [Fact]
    public void What_is_written_into_a_directory_is_read_back_as_the_same_entry()
    {
        var row = Row(Ldap, "Doe, Jane", "jane@site1.example", "e1", ("given", "Jane"), ("phone", "1"));
        foreach (var map in (AttributeMap[])[AttributeMap.Standard, AttributeMap.ActiveDirectory, AttributeMap.Exchange55])
        {
            map.TryRead("x", Attributes([.. map.Write(row).Select(pair => (pair.Key, pair.Value))]), out var entry, out var fault).ShouldBeTrue(fault?.Sentence);

            (entry.Name, entry.Address.ToString(), entry.Values["phone"], entry.Values["given"]).ShouldBe(("Doe, Jane", "jane@site1.example", "1", "Jane"));
            map.Attributes.ShouldContain("objectClass");
        }
    }

    [Fact]
    [Trait("source", "Q184536")]
    public void A_table_is_mapped_by_the_titles_of_its_columns()
    {
        string[] lines = ["Phone,Display Name,E-mail addresses,E-Mail,GUID", "1,\"Doe, \"\"Jane\"\"\",CCMAIL:Doe at SALES%MS:N/P/M,jane@x.example,7", "", "2,Bad,,nowhere,8", "3,Roe,,rick@x.example,9,extra"];
        var rows = CsvRows.Read(lines).ToList();
        var mapping = CsvMapping.Guess(rows[0].Cells);

        mapping.Missing(rows[0].Cells).ShouldBeEmpty();
        var table = new CsvTable(mapping, rows[0].Cells);
        table.TryRead(rows[1], out var entry, out _).ShouldBeTrue();
        (entry.Name, entry.Address.ToString(), entry.SourceId, entry.Values["phone"], entry.Proxies.Count).ShouldBe(("Doe, \"Jane\"", "jane@x.example", "GUID:7", "1", 2));
        table.TryRead(rows[2], out _, out var fault).ShouldBeFalse();
        (fault.Source, fault.Sentence).ShouldBe(("line 4", "“nowhere” is no address: An internet address needs a name, an @ and a domain."));
        table.TryRead(rows[3], out _, out fault).ShouldBeFalse();
        fault.Sentence.ShouldBe("It has 6 columns, and the table has 5.");
        (mapping with { Name = "Full name" }).Missing(rows[0].Cells).ShouldBe(["Full name"]);
    }

    [Fact]
    public void A_table_comes_back_as_it_was_written()
    {
        string[][] table = [["a", "b,c", "d\"e"], ["", "f\ng", " h "], ["\"", "", "x"]];

        var lines = string.Join('\n', table.Select(row => CsvRows.Write(row))).Split('\n');

        CsvRows.Read(lines).Select(row => row.Cells).ShouldBe(table);
    }

    [Fact]
    public void A_table_is_read_whatever_stands_there() => ParserSweep.Text(
        ["id,name,mail,phone\n1,\"Doe, Jane\",jane@x.example,\"1\n2\"\n\n2,Roe,rick@x.example,", "a;b\n"], ["\"", ",", "\n", "\r", "\"\"", "\",\"", "\0", "\ud83d"],
        text =>
        {
            var line = 0;
            foreach (var row in CsvRows.Read(text.Split('\n')))
            {
                Demand(row.Line > line && row.Cells.Count is > 0 and <= 1_000, "rows come in order and are bounded");
                line = row.Line;
                Demand(TitledTable.TryRead(row, out var entry, out var fault) ? entry.Name.Length > 0 : fault.Sentence.Length > 0, "a row is an entry or a fault");
            }
        });

    private static ILookup<string, string> Attributes(IEnumerable<(string Name, string Value)> attributes) =>
        attributes.ToLookup(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}
