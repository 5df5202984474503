using Postern.Domain.Directory.Dirsync;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Requestor;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.Dirsync.Requestor;

/// <summary>Postern as a foreign requestor of PIER1, over mail that goes through GTWPUT and GTWGET.</summary>
[TakesLong]
public sealed class RequestorTests : PartnerContract
{
    private static readonly RowValues None = RowValues.None;

    private protected override async Task<PartnerRoom> EnterAsync() => await HubRoom.EnterAsync();

    [Fact]
    [Trait("source", "Q96060")]
    [Trait("source", "Q133428")]
    [Trait("source", "Q127752")]
    [Trait("source", "Q152231")]
    [Trait("source", "Q156714")]
    [Trait("source", "Q241117")]
    [Trait("source", "Q236900")]
    public async Task Over_many_cycles_with_lost_and_doubled_mail_and_damage_both_sides_end_with_everything_once()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Lab.Harbor.Faults("dsserver ignore nth=3", "dsserver lose nth=4", "dsserver double nth=3", "dsserver damage nth=2");
        var ours = new List<(string, string, RowValues)>();
        for (var cycle = 0; cycle < 8; cycle++)
        {
            var letter = (char)('A' + cycle);
            room.Server("--add", $"Hub, {letter}", $"HARBOR/PIER1/HUB{letter}", "- Phone:/555");
            room.Server("--add", $"Dock, {letter}", $"HARBOR/PIER2/DOCK{letter}");
            ours.Add(($"Site, {letter}", $"MS:POSTERN/SITE1/SITE{letter}", None));
            (await room.CycleAsync([.. ours])).Faults.ShouldBeEmpty();
            await room.WorkAsync();
        }

        // Two quiet cycles bring what was lost
        await room.ExchangeAsync();
        var (last, records) = await room.ExchangeAsync();

        string[] letters = ["A", "B", "C", "D", "E", "F", "G", "H"];
        last.IsComplete.ShouldBeTrue();
        HubRoom.NamesOf(records).ShouldBe([.. letters.Select(letter => $"Dock, {letter}"), .. letters.Select(letter => $"Hub, {letter}")]);
        records.First(record => record.Entry?.Name == "Hub, A").Entry!.Values[ValueNames.Phone].ShouldBe("555");
        (await room.ListedAsync()).ShouldBe([.. letters.Select(letter => $"Site, {letter}")], ignoreOrder: true);
        var state = await room.StateAsync();
        (state.Pending, state.ServerSequence, state.Trouble, state.WantsExport, state.WantsImport).ShouldBe((0L, room.ServerState.Sync, RequestorTrouble.None, false, false));
        (await room.Lab.ScalarAsync<long>("select count(*) from dirsync_record")).ShouldBe(0);
        room.Lab.Accepted.ShouldBeEmpty();
        room.Lab.Harbor.Mailbox("POSTMASTER").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_exchange_of_names_that_is_put_again_from_any_step_on_takes_nobody_out(int recorded)
    {
        await using var room = await HubRoom.EnterAsync();
        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None), ("Holm, Eva", "MS:POSTERN/SITE1/HOLM", None));
        await room.WorkAsync();
        var swapped = await room.CycleAsync(("Holm, Eva", "MS:POSTERN/SITE1/FALK", None), ("Falk, Erik", "MS:POSTERN/SITE1/HOLM", None));
        swapped.Steps.Count.ShouldBe(4);

        await using (var directory = await room.OpenAsync())
        {
            (await room.WriteAsync(directory, [.. swapped.Steps.Skip(recorded)])).ShouldAllBe(result => result.Fault.Length == 0);
        }

        await room.WorkAsync();
        room.ServerState.People.Where(person => person.Origin == "POSTERN/SITE1").Select(person => $"{person.Name} {person.Address}")
            .ShouldBe(["Falk, Erik PCM:POSTERN/SITE1/HOLM", "Holm, Eva PCM:POSTERN/SITE1/FALK"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q113453")]
    [Trait("source", "Q103421")]
    [Trait("source", "Q175588")]
    public async Task A_server_that_comes_back_from_a_backup_is_noticed_and_everything_is_exchanged_both_ways()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA");
        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None));
        await room.WorkAsync();
        var backup = File.ReadAllBytes(SyncState.PathOf(room.Hub));
        room.Server("--add", "Berg, Bo", "HARBOR/PIER1/BOB");
        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None), ("Holm, Eva", "MS:POSTERN/SITE1/HOLM", None));
        await room.WorkAsync();
        await room.ExchangeAsync();

        File.WriteAllBytes(SyncState.PathOf(room.Hub), backup);
        await room.ExchangeAsync();
        var behind = RequestorStatus.Of(await new RequestorStore(room.Lab.DataSource, room.PartnerId).FindAsync(CancellationToken.None), room.Settings, TimeProvider.System.GetUtcNow());
        var (_, records) = await room.ExchangeAsync();
        await room.ExchangeAsync();

        (behind.Findings[0].WhoIsBehind, behind.Findings[0].Press, behind.IsHealthy).ShouldBe(("HARBOR/PIER1", RequestorButton.ExportAndImport, false));
        behind.Findings[0].Sentence.ShouldContain("restored from a backup or set up anew");
        HubRoom.NamesOf(records).ShouldBe(["Abel, Ida"]);
        (await room.ListedAsync()).ShouldBe(["Falk, Erik", "Holm, Eva"], ignoreOrder: true);
        RequestorFinding.IsHealthy(await room.StateAsync()).ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q257740")]
    [Trait("source", "Q108067")]
    public async Task Whoever_was_away_longer_than_updates_are_kept_gets_everything_without_anybody_pressing()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Server("--keep", "1");
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA");
        await room.ExchangeAsync();
        room.Server("--add", "Berg, Bo", "HARBOR/PIER1/BOB");
        for (var missed = 0; missed < 4; missed++)
        {
            room.Server();
        }

        room.Server("--add", "Carl, Cy", "HARBOR/PIER1/CYC");
        await room.WorkAsync();
        var (told, _) = await room.ReadAsync();
        await room.WorkAsync();
        var (_, records) = await room.ReadAsync();

        told.Notes.ShouldContain(note => note.StartsWith("HARBOR/PIER1 says: [138] Server sync does not exist anymore", StringComparison.Ordinal));
        HubRoom.NamesOf(records).ShouldBe(["Abel, Ida", "Berg, Bo", "Carl, Cy"]);
        var state = await room.StateAsync();
        (state.Trouble, state.ImportSequence).ShouldBe((RequestorTrouble.None, 2L));
    }

    [Fact]
    [Trait("source", "Q99268")]
    [Trait("source", "Q119450")]
    public async Task What_the_server_refuses_is_told_with_who_must_do_what()
    {
        await using var room = await HubRoom.EnterAsync(isRegistered: false);
        async Task<RequestorFinding> FindingAsync()
        {
            room.LoseMail();
            await room.ExchangeAsync();
            return RequestorStatus.Of(await new RequestorStore(room.Lab.DataSource, room.PartnerId).FindAsync(CancellationToken.None), room.Settings, TimeProvider.System.GetUtcNow()).Findings[0];
        }

        room.Server("--register", "POSTERN/SITE10");
        var unknown = await FindingAsync();
        room.Server("--register", "POSTERN/SITE1", "--password", "HARBOUR");
        var password = await FindingAsync();
        room.Settings = room.Settings with { PasswordKey = "PASSWORD" };
        room.Password = "HARBOUR";
        room.Server("--register", "POSTERN/SITE1", "--password", "HARBOUR", "--limit", "1");
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA");
        var limit = await FindingAsync();
        room.Server("--register", "POSTERN/SITE1", "--password", "HARBOUR");
        room.LoseMail();
        var (_, records) = await room.ExchangeAsync();

        unknown.Sentence.ShouldStartWith("HARBOR/PIER1 does not know our requestor (120, 158). Its administrator registers exactly our network and post office");
        (password.Press, password.Sentence).ShouldBe((RequestorButton.RunNow, "HARBOR/PIER1 has another password for our requestor (156). Enter the same on both sides, then run again."));
        (limit.Press, limit.WhoIsBehind).ShouldBe((RequestorButton.Import, "Postern"));
        HubRoom.NamesOf(records).ShouldBe(["Abel, Ida"]);
    }

    [Fact]
    [Trait("source", "Q99961")]
    [Trait("source", "Q201084")]
    public async Task A_server_that_registered_us_anew_is_believed_again_once_it_was_asked_for_everything()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA");
        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None));
        await room.WorkAsync();
        await room.ExchangeAsync();
        room.Server("--unregister", "POSTERN/SITE1");
        room.Server("--register", "POSTERN/SITE1");
        room.Server("--add", "Berg, Bo", "HARBOR/PIER1/BOB");

        await room.ExchangeAsync();
        var first = await room.StateAsync();
        await room.ExchangeAsync();
        var (_, records) = await room.ExchangeAsync();

        (first.Trouble is RequestorTrouble.OldAnswer or RequestorTrouble.ServerWentBack, first.WantsImport).ShouldBe((true, true));
        HubRoom.NamesOf(records).ShouldBe(["Abel, Ida", "Berg, Bo"]);
        (await room.StateAsync()).Trouble.ShouldBe(RequestorTrouble.None);
        var other = await Should.ThrowAsync<PartnerException>(new RequestorKind(
            new Postern.Infrastructure.MsMail.MsMailLinks(room.Lab.DataSource, _ => room.Lab.Link), room.Lab.DataSource, null!, null!)
            .OpenAsync(await SecondAsync(room), CancellationToken.None));
        other.Message.ShouldStartWith("hub is the requestor of HARBOR/pier1 already.");
    }

    [Fact]
    [Trait("source", "Q118447")]
    [Trait("source", "Q241086")]
    [Trait("source", "Q107754")]
    [Trait("source", "Q194819")]
    [Trait("source", "Q156729")]
    [Trait("source", "Q112285")]
    [Trait("source", "Q130230")]
    [Trait("source", "Q159294")]
    public async Task Each_record_is_taken_by_itself_and_one_that_cannot_be_read_stops_none()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA", "- Phone:/555 0101");
        room.Server("--add", "Gone, Gus", "HARBOR/PIER2/GONE");
        await room.ExchangeAsync();
        var from = (await room.StateAsync()).ServerSequence;
        room.Lab.Harbor.Send("$SYSTEM", "SrvTx", "POSTERN/SITE1/$SYSTEM", "--text", $"[DIRSYNC]\nREQSEQ=0000000000\nSRVSEQ={from + 8:D10}\nIMPSEQ=0000000001\nTRANSACTIONS=INATTACHMENT\n", "--attach", Records(
            room, from,
            "X what is this", "M Abel, Ida                      PCM:HARBOR/PIER1/IDAA", "  Abel-Lind, Ida                 PCM:HARBOR/PIER1/IDAA", "A Abel-Lind, Ida                 PCM:HARBOR/PIER1/IDAA\n- Phone:/555 0202",
            "A Broken, Bob                    PCM:HARBOR/PIER1", "M Nobody, Known                  PCM:HARBOR/PIER1/NOBODY\n  Somebody, New                  PCM:HARBOR/PIER1/NOBODY", "R PCM:HARBOR/PIER2",
            "A Dahl, Carl                     CSI:HARBOR/PIER2/CARLD", "A Falk, Erik                     PCM:POSTERN/SITE1/FALK"));
        await room.Lab.PickUpAsync();

        var (_, records) = await room.ReadAsync();

        HubRoom.NamesOf(records).ShouldBe(["Abel-Lind, Ida", "Dahl, Carl", "Somebody, New"]);
        records.Single(record => record.Entry?.Name == "Abel-Lind, Ida").Entry!.Values[ValueNames.Phone].ShouldBe("555 0202");
        records.Select(record => record.Fault?.Sentence).OfType<string>().Count().ShouldBe(2);
        (await room.StateAsync()).ServerSequence.ShouldBe(from + 8);
    }

    [Fact]
    [Trait("source", "Q125511")]
    [Trait("source", "Q147084")]
    [Trait("source", "Q163625")]
    [Trait("source", "Q108844")]
    [Trait("source", "Q152477")]
    public async Task Mail_of_programs_is_kept_from_people_and_what_nobody_waits_for_is_told()
    {
        await using var room = await HubRoom.EnterAsync();
        await room.ReadAsync();
        File.WriteAllLines(Path.Combine(room.Lab.Harbor.Pier1, "network.txt"), ["mailbox ANNAB", "gateway POSTERN/SITE1", "postoffice HARBOR/PIER2 direct"]);
        await room.DeliverAsync();
        await room.Lab.PickUpAsync();
        var (returned, _) = await room.ReadAsync();
        File.AppendAllText(Path.Combine(room.Lab.Harbor.Pier1, "network.txt"), "mailbox $SYSTEM\n");
        room.Lab.Harbor.Send("ANNAB", "Hello", "POSTERN/SITE2/$SYSTEM");
        room.Lab.Harbor.Send("$SYSTEM", "ReqTx", "POSTERN/SITE1/$SYSTEM", "--text", "[DIRSYNC]\nTASK=IMPORTREQ\nNAME=PCM:HARBOR/PIER1\nSRVSEQ=0\n");
        room.Lab.Harbor.Define("postoffice POSTERN/SITE2 indirect POSTERN/SITE1");
        room.Lab.Harbor.Send("ANNAB", "Hello", "POSTERN/SITE2/$SYSTEM");
        await room.Lab.PickUpAsync();
        var (wrong, _) = await room.ReadAsync();

        returned.Notes.ShouldContain("A mail to HARBOR/PIER1/$SYSTEM came back from HARBOR/PIER1/POSTMASTER: [002] Mail was received that was addressed to unknown addresses.");
        wrong.Notes.ShouldContain(note => note.StartsWith("[133] HARBOR/PIER1/$SYSTEM sent a request, as to a server.", StringComparison.Ordinal));
        room.Lab.Accepted.ShouldBeEmpty();
        (await room.Lab.EventsAsync()).Where(told => told.Code == EventCodes.MsMailDirsyncUnknown).Select(told => told.Text)
            .ShouldHaveSingleItem().ShouldContain("for POSTERN/SITE2/$SYSTEM came from CSI:HARBOR/PIER1/ANNAB");
        (await room.Lab.ScalarAsync<long>("select count(*) from dirsync_mail")).ShouldBe(1);
    }

    [Fact]
    public async Task Export_and_Import_are_pressed_by_whoever_may_and_the_next_mail_carries_them()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA");
        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None));
        await room.WorkAsync();
        await room.ExchangeAsync();
        var status = new RequestorStatus(room.Lab.DataSource, TimeProvider.System);

        var before = await status.FindAsync(room.PartnerId, CancellationToken.None);
        var sentence = await status.PressAsync(room.PartnerId, export: true, import: true, Operator.Local("Ann"), CancellationToken.None);
        var wished = await status.FindAsync(room.PartnerId, CancellationToken.None);
        await room.ExchangeAsync();
        var after = await status.FindAsync(room.PartnerId, CancellationToken.None);

        (before!.IsHealthy, before.Findings.Count, before.Server).ShouldBe((true, 0, "harbor/pier1"));
        sentence.ShouldBe("Everybody of ours goes to harbor/pier1 with the next mail, and its whole lists are asked for until they are here.");
        wished!.Findings.Select(finding => finding.Sentence).ShouldBe(["Everybody of ours is sent to harbor/pier1 with the next mail.", "The whole list of harbor/pier1 is asked for with each mail until it is here."]);
        (after!.IsHealthy, after.State.ImportSequence).ShouldBe((true, before.State.ImportSequence + 1));
        room.ServerState.Master.ShouldContain(record => record.Lines[0] == "R PCM:POSTERN/SITE1");
        (await room.ListedAsync()).ShouldBe(["Falk, Erik"]);
        (await room.Lab.ScalarAsync<string>("select verb || ': ' || target from audit order by id desc limit 1")).ShouldBe("Export and Import: Synchronisation with harbor/pier1 (hub)");
        (await room.Lab.ScalarAsync<bool>("select run_wanted_at is not null from partner")).ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q123857")]
    public async Task A_large_list_goes_and_comes_in_one_mail_each()
    {
        await using var room = await HubRoom.EnterAsync();
        var state = room.ServerState;
        for (var i = 0; i < 1_500; i++)
        {
            state.Append(new ImportRecord(0, 0, 'A', $"Person {i}", $"PCM:HARBOR/PIER2/P{i}", []), "HARBOR/PIER1");
        }

        state.Save(room.Hub);

        await room.CycleAsync([.. Enumerable.Range(0, 1_000).Select(i => ($"Site {i}", $"MS:POSTERN/SITE1/S{i}", None))]);
        await room.WorkAsync();
        var (result, records) = await room.ReadAsync();

        result.IsComplete.ShouldBeTrue();
        HubRoom.NamesOf(records).Length.ShouldBe(1_500);
        (await room.ListedAsync()).Count.ShouldBe(1_000);
        (await room.StateAsync()).Pending.ShouldBe(0);
    }

    private static async Task<Partner> SecondAsync(HubRoom room)
    {
        await using var connector = room.Lab.DataSource.Command("insert into connector (name, kind, settings) values ('pier1', 'msmail', '{}')");
        await connector.ExecuteNonQueryAsync();
        return new Partner(room.PartnerId + 1, "second", "dirsync", """{"connector":"pier1","server":"HARBOR/pier1","requestor":"postern/SITE1"}""", new SyncRules(), IsEnabled: true, 0, 1);
    }

    private static string Records(HubRoom room, long from, params string[] records)
    {
        var file = Path.Combine(room.Lab.Harbor.Root, "TMPTRANS.GLB");
        var number = from;
        File.WriteAllText(file, "[DIRSYNC-TRANSACTIONS]\r\n\r\n" + string.Concat(records.Select(record => record[0] == ' ' ? $"{record}\r\n" : $"{++number:D10} {record.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\n\r")));
        return file;
    }
}
