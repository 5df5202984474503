using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Events;

public sealed class EventLogTests
{
    [Fact]
    [Trait("source", "Q175965")]
    public async Task Telling_never_stops_the_work_whatever_the_text_holds_and_wherever_the_database_is()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var away = NpgsqlDataSource.Create("Host=/nowhere/at/all;Username=x;Database=x;Timeout=1");
        var details = new Dictionary<string, string> { ["from"] = "\0\uD800<script>" };

        await new EventLog(away, NullLogger<EventLog>.Instance).WriteAsync(1, EventSeverity.Error, "", "lost", "", details);
        await new EventLog(database.DataSource, NullLogger<EventLog>.Instance).WriteAsync(1, EventSeverity.Error, "", "From \0 and \uD800 " + new string('x', 5000), "", details);

        var (rows, _) = await new EventView(database.DataSource).PageAsync(new EventFilter(), default);
        rows.ShouldHaveSingleItem().Text.ShouldStartWith("From \u2400 and \uFFFD xxx");
    }
}
