using Microsoft.Extensions.Logging.Abstractions;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class FullStorageTests
{
    [Fact]
    [Trait("source", "Q227142")]
    public async Task Mail_that_cannot_be_stored_makes_one_event_with_the_systems_words_however_often_it_comes()
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new TestClock();
        var full = new FullStorage(new EventLog(database.DataSource, NullLogger<EventLog>.Instance), clock);
        await using var listener = await RunningListener.StartAsync(clock: clock, fullStorage: full);
        await using var client = await listener.GreetAsync();
        Directory.Delete(listener.SpoolFolder);
        var large = "Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 5000));

        for (var i = 0; i < 3; i++)
        {
            (await SmtpSessionTests.SendAsync(client, large)).ShouldStartWith("452 4.3.1 ");
        }

        clock.Advance(FullStorage.Rest);
        await full.NoteAsync("test", "the disk of the database is full");
        Directory.CreateDirectory(listener.SpoolFolder);

        var (rows, _) = await new EventView(database.DataSource).PageAsync(new EventFilter { Code = EventCodes.SmtpStorageFull }, default);
        rows.Select(row => row.Severity).ShouldBe(["error", "error"]);
        rows[1].Text.ShouldStartWith("Mail by the listener test is put off with 452: Could not find a part of the path");
        rows[0].Text.ShouldBe("Mail by the listener test is put off with 452: the disk of the database is full. 2 more were put off since the last event.");
    }
}
