using Postern.Domain.Addresses;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>What a connector to MS Mail remembers, and what its settings refuse.</summary>
public sealed class MsMailMemoryTests : IAsyncLifetime
{
    private static readonly MsMailProfile Profile = new() { Network = "POSTERN", PostOffice = "SITE1" };

    private TestDatabase database = null!;

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await database.DisposeAsync();

    [Fact]
    [Trait("source", "Q99713")]
    public async Task No_two_senders_share_a_mailbox_and_a_sender_keeps_the_first_one_for_ever()
    {
        var aliases = new SenderAliases(database.DataSource);
        var (jane, other) = (Address("jane@customer.example"), Address("jane@elsewhere.example"));
        var free = await aliases.OfStrangerAsync(jane, Profile, default);
        await using (var taken = database.DataSource.CreateCommand($"update msmail_alias set address = 'somebody@else.example' where alias = '{free.Alias}'"))
        {
            await taken.ExecuteNonQueryAsync();
        }

        var next = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new SenderAliases(database.DataSource).OfStrangerAsync(jane, Profile, default)));
        var others = await aliases.OfStrangerAsync(other, Profile, default);

        next.Select(text => text.Alias).Distinct().ShouldHaveSingleItem().ShouldNotBe(free.Alias);
        others.Alias.ShouldNotBe(next[0].Alias);
        var found = await aliases.FindAsync([free.Alias, next[0].Alias.ToLowerInvariant(), others.Alias, "NOBODY"], default);
        found.Select(pair => (pair.Key, pair.Value.Text)).Order().ShouldBe(
            new[] { (free.Alias, "somebody@else.example"), (next[0].Alias, "jane@customer.example"), (others.Alias, "jane@elsewhere.example") }.Order());
    }

    [Fact]
    [Trait("source", "Q169319")]
    [Trait("source", "Q165485")]
    [Trait("source", "Q175978")]
    [Trait("source", "Q85055")]
    public void Settings_that_would_lose_or_repeat_mail_or_that_MS_Mail_cannot_bear_are_refused_with_a_sentence()
    {
        var good = new MsMailConnectorSettings { PostOfficeName = "HARBOR/PIER1", SiteName = "POSTERN/SITE1", WorkFolder = "/w" };

        good.Faults().ShouldBeEmpty();
        Fault(good with { SiteName = "SMTP/SITE1" }).ShouldBe("The network name SMTP is reserved by MS Mail.");
        Fault(good with { PostOfficeName = "HARBOR/ELEVENCHARS" }).ShouldContain("MS Mail allows 1 to 10");
        Fault(good with { PutProgram = ["GTWPUT.EXE", "-k", "{file}"] }).ShouldStartWith("GTWPUT must not be given -k");
        Fault(good with { MessagesPerPut = 51 }).ShouldBe("The messages of a run must be 1 to 50.");
        Fault(good with { Transport = MsMailTransport.Folder }).ShouldBe("The exchange folder must be set.");
        Fault(good with { Canary = new() { Recipient = "CCMAIL:x at SALES" } }).ShouldContain("is not an address of the type MS");
    }

    [Fact]
    [Trait("source", "Q134952")]
    [Trait("source", "Q118533")]
    public void A_file_that_is_gone_was_taken_but_for_what_an_error_names()
    {
        var bundle = new PutBundle([.. Enumerable.Range(1, 3).Select(number => Item(number * 10))], Profile);
        var end = new ProgramEnd(ProgramEnding.Exited, 142, "GTWPUT Version 3.0\r\n142-2-2  Bad address.\r\n", TimeSpan.Zero, TimeSpan.Zero);

        var gone = PutRuns.Judge(bundle, end, isTaken: true, EarlierMessages.GoAgain);
        var left = PutRuns.Judge(bundle, end, isTaken: false, EarlierMessages.GoAgain);
        var busy = PutRuns.Judge(bundle, end with { ExitCode = 201, Output = "" }, isTaken: false, EarlierMessages.AreTaken);

        (Keys(gone.Taken), gone.Refused.Single().Item.Key, gone.Doubtful.Count + gone.Untouched.Count).ShouldBe(("10 30", 20, 0));
        (Keys(left.Taken), Keys(left.Doubtful), Keys(left.Untouched)).ShouldBe(("", "10", "30"));
        (Keys(busy.Doubtful), busy.Fault!.Kind).ShouldBe(("10 20 30", ProgramErrorKind.TryAgain));
    }

    private static string Keys(IEnumerable<PutItem> items) => string.Join(' ', items.Select(item => item.Key));

    private static PutItem Item(long id)
    {
        var transfer = MsMailLab.Mail(id, "x");
        return new PutItem(
            transfer, new PutMessage { From = Profile.Postmaster, Recipients = ["CSI:HARBOR/PIER1/ANNAB"], Subject = "x", Text = "x" },
            [new PutDelivery(id, (MsMailAddress)transfer.Deliveries[0].Recipient)], null);
    }

    private static string Fault(MsMailConnectorSettings settings) => settings.Faults().ShouldHaveSingleItem();

    private static SmtpAddress Address(string text) => (SmtpAddress)MailAddress.Parse(text);
}
