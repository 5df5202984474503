using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Tests.CcMail;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ConnectorCopiesTests : IAsyncLifetime
{
    private const long Id = CcMailLab.ConnectorId;

    private readonly TestFolder folder = new();
    private CcMailLab lab = null!;
    private ConnectorCopies copies = null!;

    private CopyView View => new(lab.DataSource);

    public async ValueTask InitializeAsync()
    {
        lab = await CcMailLab.CreateAsync();
        copies = new ConnectorCopies(
            lab.DataSource, folder["copies"], "hall-1", new EventLog(lab.DataSource, NullLogger<EventLog>.Instance), TimeProvider.System, NullLogger<ConnectorCopies>.Instance);
        lab.Copies = copies;
        lab.Restart();
    }

    public async ValueTask DisposeAsync()
    {
        copies.Dispose();
        await lab.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    [Trait("source", "Q192516")]
    public async Task While_it_is_on_the_message_and_the_exact_file_are_kept_both_ways_and_while_it_is_off_nothing_is()
    {
        await lab.Connector.DeliverAsync([CcMailLab.Mail(1, "before capture", "Novak, Petra")], default);
        copies.Obey([Capture(3, 10)]);
        await lab.Connector.DeliverAsync([CcMailLab.Mail(11, "captured", "Novak, Petra")], default);
        lab.Wait(1, "Crane hire", "To: someone@partner.example at SITE1");
        await lab.Pickup.PickUpAsync(default);
        copies.Obey([]);
        await lab.Connector.DeliverAsync([CcMailLab.Mail(21, "after capture", "Novak, Petra")], default);

        var kept = await View.OfConnectorAsync("sales", default);

        kept.Select(copy => (copy.IsIncoming, copy.IsBefore)).ShouldBe([(true, false), (true, true), (true, true), (false, false), (false, true)]);
        (await ReadAsync(kept[0])).ShouldContain("Subject: Crane hire");
        (await ReadAsync(kept[1])).ShouldContain("Crane hire");
        (kept[0].MessageId is not null, kept[1].MessageId == kept[0].MessageId, kept[2].MessageId).ShouldBe((true, true, null));
        (await ReadAsync(kept[4])).ShouldContain("Subject: captured");
        (await ReadAsync(kept[3])).ShouldContain("captured");
        Path.GetExtension(kept[3].Name).ShouldBe(".ccm");
        (kept[3].MessageId is not null, kept[3].MessageId == kept[4].MessageId).ShouldBe((true, true));
    }

    [Fact]
    public async Task Only_our_own_user_reads_the_files_and_a_hostile_name_is_never_a_path()
    {
        copies.Obey([Capture(3, 10)]);

        await copies.KeepAsync(new CopyOf(Id, "sales", true, true, 5, "../../etc/pass\0wd\u202E.ccm"), Bytes("x"));

        var copy = (await View.OfMessageAsync(5, default)).ShouldHaveSingleItem();
        var path = copies.PathOf(copy).ShouldNotBeNull();
        Path.GetDirectoryName(path).ShouldBe(folder["copies"]);
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(folder["copies"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        copies.PathOf(copy with { File = "../key" }).ShouldBeNull();
        copies.PathOf(copy with { Node = "hall-2" }).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_too_old_goes_and_of_the_rest_the_newest_that_have_room_stay()
    {
        await ActAsync(1);
        copies.Obey([Capture(3, 1)]);
        for (var n = 1; n <= 4; n++)
        {
            await copies.KeepAsync(new CopyOf(Id, "sales", true, true, n, $"{n}.ccm"), new ReadOnlySequence<byte>(new byte[100 * 1024]));
        }

        await ExecuteAsync("update connector_copy set at = now() - interval '4 days' where message_id = 1");
        await ExecuteAsync("update connector_copy set size = 600 * 1024 where message_id in (2, 3)");
        await copies.TrimAsync(default);

        (await View.OfConnectorAsync("sales", default)).Select(copy => copy.MessageId!.Value).ShouldBe([4, 3]);
        Directory.GetFiles(folder["copies"]).Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_disk_that_refuses_stops_no_mail_and_is_told_once()
    {
        File.WriteAllText(folder["copies"], "a file where the folder should be");
        copies.Obey([Capture(3, 10)]);

        await copies.KeepAsync(new CopyOf(Id, "sales", true, true, 5, "a.ccm"), Bytes("x"));
        await copies.KeepAsync(new CopyOf(Id, "sales", true, true, 6, "b.ccm"), Bytes("x"));

        await using var command = lab.DataSource.CreateCommand("select count(*) from event where code = 2182");
        (await command.ExecuteScalarAsync()).ShouldBe(1L);
    }

    private static ConnectorAct Capture(int days, int megabytes) =>
        new(Id, ConnectorActKind.Capture, "kim", "", DateTimeOffset.UnixEpoch, null, days, megabytes);

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.ASCII.GetBytes(text));

    private Task<string> ReadAsync(CopyRow copy) => File.ReadAllTextAsync(copies.PathOf(copy)!, Encoding.Latin1);

    private Task ActAsync(int megabytes) => ExecuteAsync(
        $"""
        insert into connector (id, name, kind) overriding system value values ({Id}, 'sales', 'ccmail');
        insert into connector_act (connector_id, kind, actor, keep_days, keep_megabytes) values ({Id}, 'capture', 'kim', 3, {megabytes})
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = lab.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
