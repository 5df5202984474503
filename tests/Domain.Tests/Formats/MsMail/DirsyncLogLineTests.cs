using System.Buffers;
using System.Text;
using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Tests.Formats.MsMail;

/// <summary>Lines of DIRSYNC.LOG, and mails that speak in them.</summary>
public sealed class DirsyncLogLineTests
{
    [Theory]
    [Trait("source", "Q96004")]
    [InlineData("03/14/98 02:00:19 | Warning[ 27] Alias already exists Dahl, Carl", DirsyncLogClass.Warning, 27, "Alias already exists Dahl, Carl")]
    [InlineData("Error  [158] Requestor not registered: PCM:", DirsyncLogClass.Error, 158, "Requestor not registered: PCM:")]
    [InlineData("  FATAL  [  7] Rename [list]", DirsyncLogClass.Fatal, 7, "Rename [list]")]
    public void A_line_with_a_number_is_read(string line, DirsyncLogClass grave, int number, string text)
    {
        DirsyncLogLine.TryRead(line, out var read).ShouldBeTrue();
        read.ShouldBe(new DirsyncLogLine(grave, number, text));
    }

    [Theory]
    [Trait("source", "Q149271")]
    [InlineData("03/14/98 02:00:11 | Status       Microsoft (R) Mail DirSync Requestor V3.5.12")]
    [InlineData("[dirsync]")]
    [InlineData("Error [abc] x")]
    [InlineData("Error 158 x")]
    [InlineData("1 [20] x")]
    [InlineData("Error [12345] x")]
    [InlineData("")]
    public void Other_lines_are_none(string line) => DirsyncLogLine.TryRead(line, out _).ShouldBeFalse();

    [Theory]
    [InlineData("[DIRSYNC]\r\nSRVSEQ=0000000012\r\nError  [138] Server sync does not exist anymore 3\r\n", 12L, "138")]
    [InlineData("03/14/98 02:00:19 | Error  [156] Invalid password\r\nmore\r\n", null, "156")]
    [InlineData("Dear administrator\r\n", null, "124")]
    public void What_a_server_refuses_is_a_fault_of_its_mail(string text, long? sequence, string faults)
    {
        var message = DirsyncReader.Read(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(text)), new MsMailProfile());

        message.ServerSequence.ShouldBe(sequence);
        string.Join(' ', message.Faults.Select(fault => fault.Number)).ShouldBe(faults);
    }
}
