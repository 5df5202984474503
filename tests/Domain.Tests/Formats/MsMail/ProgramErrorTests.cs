using Postern.Domain.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class ProgramErrorTests
{
    [Theory]
    [Trait("source", "Q118533")]
    [InlineData("141-1-2 Cannot match token TO", 141, 1, 2, "Cannot match token TO")]
    [InlineData("  201 - 3 - 0  Failure submitting message to mail database", 201, 3, 0, "Failure submitting message to mail database")]
    [InlineData("142-12-4", 142, 12, 4, "")]
    [InlineData("151-1-2: Unknown service PCM", 151, 1, 2, "Unknown service PCM")]
    public void An_error_line_is_read(string line, int number, int message, int at, string text)
    {
        ProgramError.TryRead(line, out var error).ShouldBeTrue();

        error.ShouldBe(new ProgramError(number, message, at, text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("03-14-98x")]
    [InlineData("1998-03-14")]
    [InlineData("555-0101")]
    [InlineData("Version 3.0.4")]
    [InlineData("141-1-")]
    public void Other_lines_are_none(string line) => ProgramError.TryRead(line, out _).ShouldBeFalse();

    [Theory]
    [Trait("source", "Q112204")]
    [InlineData(201, ProgramErrorKind.TryAgain)]
    [InlineData(20, ProgramErrorKind.TryAgain)]
    [InlineData(52, ProgramErrorKind.TryAgain)]
    [InlineData(140, ProgramErrorKind.MessageRefused)]
    [InlineData(144, ProgramErrorKind.MessageRefused)]
    [InlineData(151, ProgramErrorKind.MessageRefused)]
    [InlineData(2, ProgramErrorKind.SetUp)]
    [InlineData(80, ProgramErrorKind.SetUp)]
    [InlineData(190, ProgramErrorKind.SetUp)]
    [InlineData(999, ProgramErrorKind.Unknown)]
    public void A_number_tells_whether_to_try_again(int number, ProgramErrorKind kind) => ProgramError.KindOf(number).ShouldBe(kind);

    [Fact]
    public void An_error_finds_the_message_and_the_recipient_it_names()
    {
        PutMessage[] messages = [Message("first", "CSI:HARBOR/PIER1/ANNAB"), Message("second", "CSI:HARBOR/PIER1/ANNAB", "PCM:HARBOR/PIER2/CARLD")];
        var file = MmffWriter.Prepare(messages, Profile with { MessagesPerFile = 50 }).Single();

        var errors = ProgramError.ReadAll("GTWPUT Version 3.0\r\n\r\n151-2-3 Unknown service PCM\r\n201-0-0 Failure\r\n142-1-9 Bad address\r\n151-7-2 x\r\n");

        errors.Select(file.PlaceOf).Select(p => (p.Message?.Subject, p.Recipient)).ShouldBe(
            [("second", "PCM:HARBOR/PIER2/CARLD"), (null, null), ("first", null), (null, null)]);
        Read(Written(file))[1].Recipients.Single(r => r.Line == errors[0].Line).Address.Raw.ShouldBe("PCM:HARBOR/PIER2/CARLD");
    }

    private static PutMessage Message(string subject, params string[] recipients) =>
        new() { From = "CSI:BRIDGENET/HUB1/ERIKF", Recipients = recipients, Subject = subject, Text = "x" };
}
