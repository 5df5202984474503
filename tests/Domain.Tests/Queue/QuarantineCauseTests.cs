using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Queue;

namespace Postern.Domain.Tests.Queue;

public sealed class QuarantineCauseTests
{
    [Theory]
    [InlineData("IMPORT hung on this message 2 times, alone each time.", "IMPORT hung on this message 3 times, alone each time.")]
    [InlineData("IMPORT stopped at 0000A1B2.ccm, twice.", "IMPORT stopped at 1000ZZ9X.ccm, twice.")]
    [InlineData("CCMAIL:Brandt, Uwe at SALES is not known.", "CCMAIL:O'Neil, Mary Ann at AURORA is not known.")]
    [InlineData("jane.doe@site1.example has no mailbox.", "x@y.example has no mailbox.")]
    [InlineData("MS:HARBOR/PIER1/DBAUER has no mailbox.", "MS:HARBOR/PIER2/KPETERS has no mailbox.")]
    [InlineData("A message (from Rosa, “Keys of shed 9”) cannot be read.", "A message (from Rosa, “Berth list”) cannot be read.")]
    [InlineData("Part 3 of the stored content of message 48213 is missing.", "Part 1 of the stored content of message 7 is missing.")]
    [InlineData("The file /srv/mail/in/a.txt cannot be opened.", "The file /var/spool/b.dat cannot be opened.")]
    public void One_fault_is_one_cause(string one, string other) => QuarantineCause.Of(one).ShouldBe(QuarantineCause.Of(other));

    [Theory]
    [InlineData("IMPORT ended with code 1.", "IMPORT ended with code 4.")]
    [InlineData("Refused: 5.1.1 unknown.", "Refused: 5.7.1 unknown.")]
    [InlineData("IMPORT.EXE stopped.", "EXPORT.EXE stopped.")]
    [InlineData("The message could not be converted to cc:Mail: too deep", "The message could not be converted to cc:Mail: too long")]
    public void Two_faults_are_two_causes(string one, string other) => QuarantineCause.Of(one).ShouldNotBe(QuarantineCause.Of(other));

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n ")]
    public void What_has_no_reason_says_so(string reason) => QuarantineCause.Of(reason).ShouldBe(QuarantineCause.Unknown);

    [Fact]
    public void Ids_numbers_and_addresses_never_make_another_cause() => Prop.ForAll(
        Ids.ToArbitrary(), Ids.ToArbitrary(),
        (one, other) => QuarantineCause.Of(Sentence(one)) == QuarantineCause.Of(Sentence(other))).QuickCheckThrowOnFailure();

    [Fact]
    public void Taken_twice_it_is_the_same_and_it_is_bounded() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?>(), Ids.ToArbitrary(),
        (text, id) =>
        {
            var cause = QuarantineCause.Of($"{text} {Sentence(id)}{text}");
            return cause.Length is > 0 and <= QuarantineCause.LongestCause && QuarantineCause.Of(cause) == cause;
        }).QuickCheckThrowOnFailure();

    private static Gen<(long Number, string Name)> Ids =>
        from number in Gen.Choose(1, int.MaxValue)
        from name in Gen.Elements("Brandt, Uwe", "Novak, Petra", "de la Cruz, Ana", "Li")
        select ((long)number, name);

    private static string Sentence((long Number, string Name) id) =>
        $"Message {id.Number} for CCMAIL:{id.Name} at SALES from u{id.Number}@a{id.Number % 97}.example stopped IMPORT at MSG{id.Number % 4096:X4}.CCM with code 1, “{id.Name}”, after {id.Number % 300} s.";
}
