using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class ReplayTests
{
    public static TheoryData<string, Pieces> Dialogues()
    {
        var data = new TheoryData<string, Pieces>();
        foreach (var file in Directory.GetFiles(ReplayPeer.Folder(), "*.session"))
        {
            foreach (var pieces in Enum.GetValues<Pieces>())
            {
                data.Add(Path.GetFileName(file), pieces);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Dialogues))]
    public async Task A_dialogue_is_the_same_however_it_is_cut(string file, Pieces pieces)
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { HostName = "mx.site1.example" });
        await using var client = await listener.ConnectAsync();
        var script = ReplayPeer.Read(file);

        var heard = await ReplayPeer.PlayAsync(client, script, pieces);

        heard.ShouldBe(ReplayPeer.Expected(script));
    }

    [Fact]
    public async Task Doubled_dots_are_taken_out_and_nothing_else_is_changed()
    {
        foreach (var pieces in Enum.GetValues<Pieces>())
        {
            await using var listener = await RunningListener.StartAsync();
            await using var client = await listener.ConnectAsync();

            await ReplayPeer.PlayAsync(client, ReplayPeer.Read("plain.session"), pieces);

            listener.Accepted.ShouldHaveSingleItem().Sent.ShouldBe(
                "Message-ID: <1@peer.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nSubject: plain\r\n\r\none\r\n.two dots\r\n..\r\n");
        }
    }

    [Fact]
    public async Task A_dialogue_cut_off_at_any_byte_accepts_nothing_before_the_final_dot()
    {
        await using var listener = await RunningListener.StartAsync();
        var bytes = ReplayPeer.ClientBytes(ReplayPeer.Read("plain.session"));
        var complete = bytes.AsSpan().IndexOf("\r\n.\r\n"u8) + 5;

        for (var length = 0; length <= bytes.Length; length++)
        {
            await using var client = await listener.ConnectAsync();
            await client.SendAsync(bytes.AsMemory(0, length));
            client.EndSending();
            await client.RestAsync();

            listener.Accepted.Count.ShouldBe(length < complete ? 0 : length - complete + 1, $"after {length} bytes");
        }

        listener.SpoolFiles.ShouldBeEmpty();
    }
}
