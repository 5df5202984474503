using System.Globalization;
using System.Runtime.InteropServices;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Ldap;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class LdapTroubleTests(SlapdFixture fixture) : IClassFixture<SlapdFixture>
{
    private const int ChildEnded = 17;

    private readonly SlapdServer server = fixture.Server;

    [Fact]
    public async Task A_certificate_of_a_trusted_authority_is_taken_and_everything_is_found_good()
    {
        using var room = Secure(new LdapRoom(server));
        room.Put(room.People, "Jane Doe", ("mail", "jane@site1.example"));

        (await room.ReadAsync()).Names.ShouldBe(["Jane Doe"]);
        (await room.SyncAsync(LdapRoom.Row("Doe, Jane", "jane@site2.example", "1"))).Single().Fault.ShouldBe("");
        var checks = await CheckAsync(room);

        checks.ShouldAllBe(check => check.IsGood);
        checks.Select(check => check.Sentence).ShouldContain($"Entries may be written into {room.Container}.");
        checks.Select(check => check.Sentence).ShouldContain($"{room.Container} holds 1 entries of the kind that Postern writes; it answers for all of them.");
        room.Names(room.Container).ShouldBe(["Doe, Jane"], "a check changes nothing");
    }

    [Fact]
    public async Task A_certificate_that_nobody_we_trust_has_signed_is_refused()
    {
        using var room = Secure(new LdapRoom(server));
        room.Settings = room.Settings with { TrustedCertificate = "" };

        (await RefusalAsync(room)).ShouldEndWith("is refused: Nobody we trust has signed it. Put the authority into the trusted certificate.");
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        using var room = Secure(new LdapRoom(server));
        room.Settings = room.Settings with { Host = "localhost" };

        (await RefusalAsync(room)).ShouldEndWith("is refused: It is made out to another name than localhost.");
    }

    [Fact]
    public async Task A_certificate_that_has_run_out_is_refused()
    {
        await using var old = await SlapdServer.StartAsync(certifiedUntil: TimeProvider.System.GetUtcNow().AddDays(-1));
        using var room = Secure(new LdapRoom(old), old);

        (await RefusalAsync(room)).ShouldEndWith("is refused: It is not valid today.");
    }

    [Fact]
    public async Task A_port_that_speaks_no_tls_is_told_apart_from_one_that_does_not_answer()
    {
        using var room = Secure(new LdapRoom(server));
        room.Settings = room.Settings with { Port = server.Port, ConnectTimeLimit = TimeSpan.FromSeconds(5) };
        (await RefusalAsync(room)).ShouldContain("does not speak TLS");

        room.Settings = room.Settings with { Port = 1 };
        (await RefusalAsync(room)).ShouldStartWith("127.0.0.1 port 1 cannot be reached: ");
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_the_servers_own_words()
    {
        using var room = new LdapRoom(server) { Password = "guessed" };
        (await RefusalAsync(room)).ShouldBe($"127.0.0.1 does not let {SlapdServer.Account} in: The supplied credential is invalid (49).");

        room.Password = "";
        (await RefusalAsync(room)).ShouldBe($"The secret directory with the password of {SlapdServer.Account} is not stored.");
    }

    [Fact]
    public async Task An_account_that_may_not_write_is_found_out_before_the_first_plan()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { BindDn = $"cn=reader,{SlapdServer.Suffix}" };

        var checks = await CheckAsync(room);

        checks[0].ShouldBe(new PartnerCheck(false, $"{room.Base} was read, and no entry there fits (mail=*)."));
        checks[1].IsGood.ShouldBeFalse();
        checks[1].Sentence.ShouldStartWith($"No entry may be written into {room.Container}: InsufficientAccessRights (50)");
        (await room.WriteAsync(room.Step(new(Domain.Directory.Plans.StepKind.Add, null, LdapRoom.Row("Doe, Jane", "jane@site2.example"), null!)))).Single().Fault.ShouldStartWith("InsufficientAccessRights (50)");
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_named_by_the_check()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Container = $"ou=Closed,{SlapdServer.Suffix}" };

        (await CheckAsync(room)).ShouldContain(new PartnerCheck(false, $"There is no ou=Closed,{SlapdServer.Suffix}. Postern makes no containers: make it, and let {SlapdServer.Account} write there."));
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_ends_the_read_and_the_next_one_is_whole()
    {
        await using var mortal = await SlapdServer.StartAsync();
        using var room = new LdapRoom(mortal);
        for (var i = 0; i < 120; i++)
        {
            room.Put(room.People, $"Person {i}", ("mail", $"p{i}@site1.example"));
        }

        room.Settings = room.Settings with { PageSize = 10 };
        await using var directory = await room.OpenAsync();
        var count = 0;
        var trouble = await Should.ThrowAsync<PartnerException>(() => directory.ReadAsync("{}", Take, TestContext.Current.CancellationToken));

        trouble.Message.ShouldStartWith("The conversation with 127.0.0.1 broke off: ");
        count.ShouldBeInRange(15, 119);
        await mortal.StartAgainAsync();
        (await room.ReadAsync()).Names.Count.ShouldBe(120);

        ValueTask Take(ReadRecord record)
        {
            if (++count == 15)
            {
                mortal.Kill();
            }

            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Steps_that_a_dying_server_did_not_answer_have_no_result_and_are_done_the_next_time()
    {
        await using var mortal = await SlapdServer.StartAsync();
        using var room = new LdapRoom(mortal);
        var steps = Enumerable.Range(0, 10).Select(i => LdapRoom.Row($"Person {i}", $"p{i}@site2.example")).Select(row => room.Step(new(Domain.Directory.Plans.StepKind.Add, null, row, null!))).ToArray();
        await using var directory = await room.OpenAsync();
        var done = new List<StepResult>();

        await Should.ThrowAsync<PartnerException>(() => directory.WriteAsync("{}", steps.ToAsyncEnumerable(), Done, TestContext.Current.CancellationToken));
        await mortal.StartAgainAsync();
        var again = await room.WriteAsync(steps);

        done.Count.ShouldBe(4);
        (again.Count, again.Count(result => result.Fault.Length > 0)).ShouldBe((10, 0));
        (await room.ReadAsync()).Held.Count.ShouldBe(10);

        ValueTask Done(StepResult result)
        {
            done.Add(result);
            if (done.Count == 4)
            {
                mortal.Kill();
            }

            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_signal_to_the_process_is_not_taken_for_a_server_that_is_gone()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Base = SlapdFixture.ManyBase, PageSize = 20 };
        using var ended = new CancellationTokenSource();
        var rain = Task.Run(() => Rain(ended.Token), TestContext.Current.CancellationToken);

        var names = (await room.ReadAsync()).Names.Count;
        await ended.CancelAsync();

        names.ShouldBe(SlapdFixture.Many);
        await rain;

        // As when a program of ours ends: .NET has a handler for that signal, and whatever thread waits is woken.
        static void Rain(CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                foreach (var thread in Directory.GetDirectories("/proc/self/task"))
                {
                    _ = SignalThread(Environment.ProcessId, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), ChildEnded);
                }
            }
        }
    }

    [Theory]
    [InlineData("", "host: The directory server must be named.")]
    [InlineData("a b", "host: “a b” is no host name and no address.")]
    public void A_host_that_is_none_is_refused(string host, string fault) => (new LdapSettings { Base = "o=x", Host = host }).Faults().ShouldContain(fault);

    [Fact]
    public void Settings_are_refused_with_the_path_of_each()
    {
        var settings = new LdapSettings
        {
            Host = "h",
            Port = 0,
            BindDn = "admin",
            Filter = "mail=*",
            Container = "ou",
            TrustedCertificate = "/nowhere.pem",
            Encryption = LdapEncryption.Off,
            Attributes = ["phone = tele(phone", "nothing = x", "name =", "phone =", "department = ou"],
            PageSize = 0,
        };

        settings.Faults().Select(fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)])
            .ShouldBe(["port", "trustedCertificate", "password", "allowPlainText", "bindDn", "container", "filter", "attributes", "attributes", "attributes", "pageSize"]);
        new LdapPartners((_, _) => Task.FromResult<string?>(null), TimeProvider.System).Faults("{\"port\":\"x\"}").Single().ShouldContain("$.port");
    }

    [DllImport("libc", EntryPoint = "tgkill")]
    private static extern int SignalThread(int process, int thread, int signal);

    private static async Task<IReadOnlyList<PartnerCheck>> CheckAsync(LdapRoom room)
    {
        await using var directory = await room.OpenAsync();
        return await directory.CheckAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<string> RefusalAsync(LdapRoom room) => (await Should.ThrowAsync<PartnerException>(() => room.ReadAsync())).Message;

    private LdapRoom Secure(LdapRoom room, SlapdServer? other = null)
    {
        room.Settings = room.Settings with { Encryption = LdapEncryption.Ldaps, AllowPlainText = false, Port = (other ?? server).SecurePort, TrustedCertificate = (other ?? server).Authority };
        return room;
    }
}
