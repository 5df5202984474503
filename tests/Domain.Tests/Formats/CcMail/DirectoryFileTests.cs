using System.Buffers;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class DirectoryFileTests
{
    [Fact]
    public void Reads_who_lives_where()
    {
        var file = Read(Fixture("ccmdir.exp"));

        file.IsComplete.ShouldBeTrue();
        file.Notes.ShouldBeEmpty();
        file.Records.Count.ShouldBe(10);
        file.Records[0].ShouldBe(new DirectoryRecord("HARBOUR", DirectoryLocation.DirectPostOffice, "", "") { LocationText = "P" });
        string[] known = ["HARBOUR", "EXSITE1", "QUAY2"];
        file.Records.Select(r => $"{r.Name}={r.Home("HARBOUR", known)}").ShouldContain("van Dam, Ina=QUAY2");
        var foreign = file.Records.Single(r => r.Location == DirectoryLocation.RemoteUserElsewhere);
        foreign.SplitAddress(known).ShouldBe(("EXSITE1", "Okafor, Ngozi"));
        file.Records.Single(r => r.Name == "Lindqvist, Per").Home("HARBOUR", known).ShouldBe("HARBOUR");
        file.Records.Single(r => r.Name == "Harbourmaster").IsAlias.ShouldBeTrue();
    }

    [Fact]
    public void Reads_records_with_missing_fields_any_case_and_noise()
    {
        var file = Read(Bytes("junk\r\nNAME:A\nLocn: L\n\n\nName: B\r\nlocn: x\r\nCmts: c: d\r\n\u001a"));

        file.Records.Select(r => (r.Name, r.Location, r.Comment)).ShouldBe(
            [("A", DirectoryLocation.LocalUser, ""), ("B", DirectoryLocation.Unknown, "c: d")]);
        file.Records[1].LocationText.ShouldBe("x");
        file.Notes.Single().Fault.ShouldBe(ReadFault.StrayLine);
        file.IsComplete.ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_stops_inside_a_record_is_not_complete()
    {
        var whole = Fixture("ccmdir.exp");

        Read(whole[..^30]).IsComplete.ShouldBeFalse();
        Read([]).Records.ShouldBeEmpty();
    }

    [Fact]
    public void The_longest_known_post_office_name_wins()
    {
        var record = new DirectoryRecord("x", DirectoryLocation.RemoteUserElsewhere, "QBC PO2 a@b at Internet-Mail", "");

        record.SplitAddress(["QBC", "QBC PO2"]).ShouldBe(("QBC PO2", "a@b at Internet-Mail"));
        record.SplitAddress([]).ShouldBe(("QBC", "PO2 a@b at Internet-Mail"));
        record.SplitAddress(["QB"]).PostOffice.ShouldBe("QBC");
    }

    [Fact]
    public void Writes_post_offices_before_those_who_name_them()
    {
        var records = Read(Fixture("ccmdir.exp")).Records;

        var (text, losses) = Written(records.Reverse());

        losses.ShouldBeEmpty();
        Read(Bytes(text)).Records.ShouldBe(records.OrderBy(r => r.IsAlias ? 2 : r.IsPostOffice ? 0 : 1).ThenBy(r => r.Location == DirectoryLocation.IndirectPostOffice)
            .ThenBy(r => r.Name, StringComparer.OrdinalIgnoreCase));
        text.ShouldStartWith("Name: EXSITE1\r\nLocn: P\r\nAddr:\r\nCmts: MSExchangeCCMC EXGATE01\r\n\r\nName: HARBOUR\r\n");
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused_and_said()
    {
        var (text, losses) = Written(
            [
                new(new string('x', 126), DirectoryLocation.LocalUser, "", new string('c', 127)),
                new(new string('x', 127), DirectoryLocation.LocalUser, "", ""),
                new("a\r\nLocn: P [b]", DirectoryLocation.LocalUser, "", ""),
            ]);

        Read(Bytes(text)).Records.Select(r => r.Name.Length).ShouldBe([13, 126]);
        losses.Select(l => l.Kind).ShouldBe([LossKind.Replaced, LossKind.Replaced, LossKind.Shortened, LossKind.Dropped]);
    }

    private static DirectoryFile Read(byte[] file) => DirectoryReader.Read(new ReadOnlySequence<byte>(file), Profile);

    private static (string Text, IReadOnlyList<ConversionLoss> Losses) Written(IEnumerable<DirectoryRecord> records)
    {
        var output = new ArrayBufferWriter<byte>();
        var losses = DirectoryWriter.Write(records, Profile, output);
        return (Text(new(output.WrittenMemory)), losses);
    }
}
