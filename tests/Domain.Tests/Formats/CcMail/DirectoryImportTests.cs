using System.Buffers;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class DirectoryImportTests
{
    [Fact]
    [Trait("source", "Q295753")]
    public void What_leaves_is_a_file_of_its_own_with_those_who_name_a_post_office_before_it()
    {
        var output = new ArrayBufferWriter<byte>();

        DirectoryImport.WriteDeletes(Records("ccmdir.exp"), Profile, output).ShouldBeEmpty();

        var order = DirectoryReader.Read(new(output.WrittenMemory), Profile).Records.Select(record => record.IsAlias ? 'a' : record.IsPostOffice ? 'p' : 'u').ToArray();
        new string(order).ShouldMatch("^a+u+p+$");
    }

    [Fact]
    [Trait("source", "Q295753")]
    public void A_post_office_whose_import_is_not_trusted_with_deletes_gets_a_sheet()
    {
        var sheet = DirectoryImport.DeleteSheet("SALES", [new("Roe, Rick", DirectoryLocation.RemoteUserElsewhere, "SITE1 Roe, Rick", ""), new("Doe, Jane", DirectoryLocation.LocalUser, "", "")]);

        sheet.ShouldBe(
            "To delete from the directory of SALES: 2 entries.\r\nDelete each one in ADMIN, then let the directory be read again: what is gone leaves this sheet by itself.\r\n\r\n"
            + "[ ] Doe, Jane\r\n[ ] Roe, Rick   (SITE1 Roe, Rick)\r\n");
    }

    [Fact]
    [Trait("source", "Q197255")]
    [Trait("source", "Q156063")]
    public void Only_post_offices_with_our_own_mark_are_ours()
    {
        DirectoryRecord Office(string comment) => new("SITE1", DirectoryLocation.DirectPostOffice, "", comment);

        DirectoryImport.IsMarked(Office("Postern SITE1"), "SITE1").ShouldBeTrue();
        DirectoryImport.IsMarked(Office("postern site1 "), "SITE1").ShouldBeTrue();
        DirectoryImport.IsMarked(Office("Postern SITE10"), "SITE1").ShouldBeFalse();
        DirectoryImport.IsMarked(Office("MSExchangeCCMC EXGATE01"), "SITE1").ShouldBeFalse();
        DirectoryImport.IsMarked(new("Doe, Jane", DirectoryLocation.LocalUser, "", "Postern SITE1"), "SITE1").ShouldBeFalse();
    }

    [Fact]
    public void A_directory_is_read_record_by_record()
    {
        var end = new DirectoryEnd();

        DirectoryReader.Records(new ReadOnlySequence<byte>(Fixture("ccmdir.exp")), Profile, end).First().Name.ShouldBe("HARBOUR");
        end.IsComplete.ShouldBeFalse();
        DirectoryReader.Records(new ReadOnlySequence<byte>(Fixture("ccmdir.exp")), Profile, end).Count().ShouldBe(10);
        end.IsComplete.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Sales News\r\nHull News\r\n~ADE_X\r\nSALES NEWS\r\n", "#Sales News,#Hull News")]
    [InlineData("Title: Sales News\r\nOwner: x\r\nName: #Hull News\r\n", "#Sales News,#Hull News")]
    [InlineData("", "")]
    public void Titles_of_boards_are_taken_and_nothing_else(string file, string expected) =>
        string.Join(',', TitleReader.Read(new ReadOnlySequence<byte>(Bytes(file)), Profile, areBoards: true)).ShouldBe(expected);

    [Fact]
    public void Members_of_a_list_are_no_lists() =>
        TitleReader.Read(new ReadOnlySequence<byte>(Bytes("Sales\r\n  Doe, Jane\r\n\tRoe, Rick\r\nCranes\r\n")), Profile, areBoards: false).ShouldBe(["Sales", "Cranes"]);

    private static IReadOnlyList<DirectoryRecord> Records(string fixture) => DirectoryReader.Read(new ReadOnlySequence<byte>(Fixture(fixture)), Profile).Records;
}
