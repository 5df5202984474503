using System.Buffers;
using System.Text;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Tests.Support;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Formats.MsMail;

/// <summary>Mail between a foreign requestor and <c>$SYSTEM</c>.</summary>
public sealed class DirsyncMailTests
{
    private static readonly string[] Words =
    [
        "[DIRSYNC]\r\n", "[dirsync-transactions]\r\n", "TASK=EXPORT\r\n", "SRVSEQ=0000000644\r\n", "A x\tPCM:A/B/C\r\n", "0000000001 ", "M x PCM:A/B/C\r\n", "  y PCM:A/B/C\r\n", "R PCM:A/B\r\n",
        "T PCM:A/B\r\n P:~1~2~A~~\r\n", "- P//Q:/v\r\n", "-", "/", "//", "~", "\t", " ", "\r", "\n", "PCM:", ":", "\u001a", "FAX:a~b~c~d\r\n",
    ];

    private static readonly string[] Fixtures = ["import.exp", "dirsync-export.exp", "dirsync-import.exp", "dirsync-answer.exp"];

    [Fact]
    [Trait("source", "Q118298")]
    [Trait("source", "Q106623")]
    public void The_two_printed_requests_are_read()
    {
        var import = Read("[DIRSYNC]\r\nTASK=IMPORTREQ\r\nNAME=PCM:MACNET/MACPO\r\nTYPES=PCM|CSI|profs\r\nTEMPLATE=NO\r\nSRVSEQ=0000000644\r\nTRANSACTIONS=INATTACHMENT\r\n");
        var export = "[dirsync]\r\ntask=export\r\nreqname=PCM:net/po\r\ntransactions=inbody\r\n\r\n[dirsync-transactions]\r\n1200 A Martin, Robert PCM:net/po/rmartin\r\n";

        (import.Task, import.Requestor, import.WantsTemplate, import.ServerSequence, import.Form).ShouldBe((DirsyncTask.ImportRequest, "PCM:MACNET/MACPO", false, 644L, TransactionForm.InAttachment));
        import.Types.ShouldBe(["PCM", "CSI", "PROFS"]);
        (Read(export).Task, Read(export).Requestor, Read(export).Form).ShouldBe((DirsyncTask.Export, "PCM:net/po", TransactionForm.InBody));
        var record = DirsyncReader.BodyRecords(Sequence(export), Profile).Single();
        (record.Number, record.Alias, record.Address.Text).ShouldBe((1200L, "Martin, Robert", "net/po/rmartin"));
    }

    [Fact]
    [Trait("source", "Q118298")]
    [Trait("source", "Q123857")]
    public void What_a_requestor_writes_is_what_was_printed()
    {
        var export = new ArrayBufferWriter<byte>();
        DirsyncWriter.WriteExport("BRIDGENET/HUB1", DirsyncReader.BodyRecords(new(Fixture("dirsync-export.exp")), Profile), new DirsyncProfile(), Profile, "", export).ShouldBeEmpty();
        var import = new ArrayBufferWriter<byte>();
        DirsyncWriter.WriteImportRequest("BRIDGENET/HUB1", ["pcm", "csi", "smtp"], wantsTemplate: true, 210, 5, 1, new DirsyncProfile(), Profile, "", import);

        Encoding.Latin1.GetString(export.WrittenSpan).ShouldBe(Encoding.Latin1.GetString(Fixture("dirsync-export.exp")));
        Encoding.Latin1.GetString(import.WrittenSpan).ShouldBe(Encoding.Latin1.GetString(Fixture("dirsync-import.exp")));
    }

    [Fact]
    public void What_public_documents_leave_open_follows_the_servers_profile()
    {
        var output = new ArrayBufferWriter<byte>();

        DirsyncWriter.WriteImportRequest("N/P", ["PCM"], false, 1, 2, 3, new DirsyncProfile { ImportNameKey = "REQNAME", PasswordKey = "PASSWORD", SendsAllSequences = true }, Profile, "x\r\nTASK=EXPORT", output);

        Encoding.Latin1.GetString(output.WrittenSpan).ShouldBe(
            "[DIRSYNC]\r\nTASK=IMPORTREQ\r\nREQNAME=PCM:N/P\r\nPASSWORD=x TASK=EXPORT\r\nTYPES=PCM\r\nTEMPLATE=NO\r\nSRVSEQ=0000000001\r\nREQSEQ=0000000002\r\nIMPSEQ=0000000003\r\nTRANSACTIONS=INATTACHMENT\r\n");
    }

    [Fact]
    [Trait("source", "Q118298")]
    [Trait("source", "Q159294")]
    public void An_answer_has_gaps_in_its_numbers_fields_nobody_asked_for_and_lines_too_many()
    {
        var records = DirsyncReader.AttachedRecords(new(Fixture("dirsync-answer.exp")), Profile).ToList();

        records.ShouldAllBe(record => record.IsUsable);
        records.Select(record => $"{record.Number} {record.Action} {record.Values.Count}").ShouldBe(["211 Replace 0", "212 Add 1", "215 Modify 0", "216 Add 0"]);
        records[2].NewAlias.ShouldBe("Berg-Lind, Anna");
    }

    [Theory]
    [Trait("source", "Q108844")]
    [InlineData("", 124)]
    [InlineData("Hello\r\n[dirsync]\r\n", 124)]
    [InlineData("[dirsync]\r\ntask=status\r\n", 155)]
    [InlineData("[dirsync]\r\ntask=export\r\nsrvseq=many\r\n", 124)]
    public void A_mail_that_is_none_of_these_has_the_number_of_its_fault(string text, int number) => Read(text).Faults.Single().Number.ShouldBe(number);

    [Theory]
    [InlineData("", 116)]
    [InlineData("0000000001 A x\tPCM:A/B/C\r\n", 124)]
    public void An_attachment_that_does_not_begin_as_it_must_has_no_records(string text, int number) =>
        DirsyncReader.AttachedRecords(Sequence(text), Profile).Single().Faults.Single().Number.ShouldBe(number);

    [Fact]
    [Trait("source", "Q194819")]
    public void Records_are_read_whatever_stands_there() => ParserSweep.Bytes(Fixtures.Select(Fixture), Words, file =>
    {
        var line = 0;
        foreach (var record in ImportTextReader.Read(new ReadOnlySequence<byte>(file), Profile))
        {
            Demand(record.Line > line || record.Line == 0, "records come in the order of their lines");
            Demand(record.Faults.Count <= 20 && record.Values.Count <= 500 && record.Fields.Count <= 500, "what one record holds is bounded");
            Demand(record.Faults.All(fault => fault.Sentence.Length > 0), "a fault is said");
            if (record.IsUsable)
            {
                Demand(record.Alias.Length <= 30, "a usable name fits");
                var output = new ArrayBufferWriter<byte>();
                ImportTextWriter.Write([record], Profile, withNumbers: true, output);
                Demand(output.WrittenCount > 0, "what is usable can be written");
            }

            line = record.Line;
        }
    });

    [Fact]
    public void A_mail_is_read_whatever_stands_there() => ParserSweep.Bytes(Fixtures.Select(Fixture), Words, file =>
    {
        var message = DirsyncReader.Read(new ReadOnlySequence<byte>(file), Profile);
        Demand(message.Keys.Count <= 100 && message.Faults.Count <= 5, "what a mail says of itself is bounded");
        Demand(message.IsUsable || message.Faults.All(fault => fault.Sentence.Length > 0), "a fault is said");
        Demand(DirsyncReader.AttachedRecords(new ReadOnlySequence<byte>(file), Profile).All(record => record.Faults.Count <= 20), "faults are bounded");
    });

    private static DirsyncMessage Read(string text) => DirsyncReader.Read(Sequence(text), Profile);

    private static ReadOnlySequence<byte> Sequence(string text) => new(Encoding.Latin1.GetBytes(text));
}
