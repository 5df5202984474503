using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Overview;

namespace Postern.Web.Tests.Components.Overview;

public sealed class OverviewReaderTests
{
    private static readonly ConnectorRow Sales = new(1, "ccmail-sales", "ccmail", "{}", true, "running", "", null, null, "", null, ["SALES", "WAREHSE"], []);

    [Fact]
    public void Every_delivery_stands_in_exactly_one_row()
    {
        var rows = OverviewReader.Rows([Sales], [new("ccmail-sales", DeliveryState.Queued, 0, 3), new("ccmail-sales", DeliveryState.Held, 0, 2), new("ccmail-sales", DeliveryState.Quarantined, 7, 2), new("deleted #9", DeliveryState.Leased, 3, 1), new("", DeliveryState.Quarantined, 1, 4)]);

        rows.Select(row => (row.Name, row.Total)).ShouldBe([("ccmail-sales", 5L), ("deleted #9", 1L), ("quarantine", 6L)]);
        rows[0].Note.ShouldBe("SALES, WAREHSE");
        rows[1].Query.ShouldBe("state=queued,leased,held&connector=deleted%20%239");
    }

    [Fact]
    public void Without_a_connector_there_is_no_table() => OverviewReader.Rows([], []).ShouldBeEmpty();
}
