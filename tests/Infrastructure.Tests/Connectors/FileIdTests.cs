using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class FileIdTests
{
    [Theory]
    [InlineData(0, "00000000")]
    [InlineData(35, "0000000Z")]
    [InlineData(36, "00000010")]
    [InlineData(78_364_164_095, "0ZZZZZZZ")]
    public void A_number_is_eight_places(long number, string name)
    {
        FileId.From(number).ShouldBe(name);
        FileId.TryParse(name, out var read).ShouldBeTrue();
        read.ShouldBe(number);
    }

    [Fact]
    public void The_first_place_tells_the_part_and_the_number_stays()
    {
        FileId.From(71, part: 3).ShouldBe("3000001Z");
        FileId.TryParse("3000001Z", out var number).ShouldBeTrue();
        number.ShouldBe(71);
    }

    [Fact]
    public void Names_sort_as_their_numbers()
    {
        var numbers = Enumerable.Range(0, 500).Select(i => (long)i * i * i * 7).ToList();

        numbers.Select(number => FileId.From(number)).Order(StringComparer.Ordinal).ShouldBe(numbers.Select(number => FileId.From(number)));
    }

    [Theory]
    [InlineData("MSG3DFF")]
    [InlineData("")]
    [InlineData("0000-01Z")]
    [InlineData("0123456789ABC")]
    public void Other_names_are_none(string name)
    {
        FileId.TryParse(name, out _).ShouldBeFalse();
    }
}
