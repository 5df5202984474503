using Postern.Infrastructure.Audit;
using Postern.Web.Components.Audit;

namespace Postern.Web.Tests;

public sealed class AuditDownloadTests
{
    [Fact]
    public void A_row_is_one_line()
    {
        var row = new AuditRow(7, new DateTimeOffset(2026, 11, 28, 13, 0, 0, TimeSpan.FromHours(1)), "kim", "hold", "delivery 5", "why\nnot", """{"a": 1}""");

        string.Join(',', AuditDownload.CellsOf(row)).ShouldBe("7,2026-11-28T12:00:00Z,\"kim\",\"hold\",\"delivery 5\",\"why not\",\"{\"\"a\"\": 1}\"");
    }

    [Fact]
    public void The_address_is_the_view()
    {
        var query = AuditQuery.Parse("?actor=kim&find=dock%20closed&from=2026-11-01&to=2026-11-02&before=9&at=3&x=y");

        query.Text.ShouldBe("actor=kim&find=dock%20closed&from=2026-11-01&to=2026-11-02&before=9");
        query.With("actor", "").ShouldBe("/audit?find=dock%20closed&from=2026-11-01&to=2026-11-02");
        query.With("before", "4").ShouldEndWith("&before=4");
        query.Filter.Before.ShouldBe(9);
        (query.Filter.To!.Value - query.Filter.From!.Value).ShouldBe(TimeSpan.FromDays(2));
    }

    [Theory]
    [InlineData("?from=yesterday")]
    [InlineData("?to=9999-12-31")]
    [InlineData("?before=-1")]
    [InlineData("?before=99999999999999999999")]
    public void What_an_address_cannot_mean_is_left_out(string query) => AuditQuery.Parse(query).Filter.ShouldBe(new AuditFilter());
}
