using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Overview;

namespace Postern.Web.Tests.Components.Overview;

public sealed class OverviewReaderTests
{
    private static readonly ConnectorRow Sales = new(1, "ccmail-sales", "ccmail", "{}", true, "running", "", null, null, "", null, ["SALES", "WAREHSE"], []);

    [Fact]
    public void Every_delivery_stands_in_exactly_one_row()
    {
        var rows = OverviewReader.Rows([Sales], [new("ccmail-sales", false, 0, 5), new("ccmail-sales", true, 7, 2), new("deleted #9", false, 3, 1), new("", true, 1, 4)]);

        rows.Select(row => (row.Name, row.Total)).ShouldBe([("ccmail-sales", 5L), ("deleted #9", 1L), ("quarantine", 6L)]);
        rows[0].Note.ShouldBe("SALES, WAREHSE");
        rows[1].Query.ShouldBe("state=queued,leased,held&connector=deleted%20%239");
    }

    [Fact]
    public void Without_a_connector_there_is_no_table() => OverviewReader.Rows([], []).ShouldBeEmpty();
}
