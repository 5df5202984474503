using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class RowIdTests
{
    [Fact]
    public void A_row_has_its_number_from_its_names_alone()
    {
        RowId.Of("MS:HARBOR/PIER1", "MS:HARBOR/SITE2").ShouldBe(RowId.Of("MS:HARBOR/PIER1", "MS:HARBOR/SITE2"));

        new[] { RowId.Of("A", "B"), RowId.Of("B", "A"), RowId.Of("AB"), RowId.Of("A", "B", "") }.ShouldBeUnique();
        Enumerable.Range(0, 1_000).Min(number => RowId.Of($"{number}")).ShouldBeGreaterThanOrEqualTo(0, "it is part of the name of an element");
    }
}
