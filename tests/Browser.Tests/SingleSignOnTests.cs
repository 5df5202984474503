using System.Net;
using Postern.Browser.Tests.Support;
using Postern.Domain.Access;
using Postern.Web;
using Postern.Web.Hosting;
using Postern.Web.Security;

namespace Postern.Browser.Tests;

/// <summary>Sign-in by another system, over real HTTP, against an authority that checks what it is asked.</summary>
public sealed class SingleSignOnTests
{
    private const string Kim = """{"sub": "7", "preferred_username": "kim", "groups": ["mail-admins", "staff"]}""";

    [Fact]
    public async Task Without_the_option_nothing_of_it_is_there()
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        using var browser = new Visitor(console.Url);

        (await browser.GetAsync(Urls.SignInPath)).Text.ShouldNotContain("Sign in with");
        (await browser.GetAsync(Urls.SingleSignOn)).Address.AbsolutePath.ShouldNotBe("/authorize");
    }

    [Fact]
    public async Task A_known_account_comes_in_goes_where_it_wanted_and_is_tied_to_the_person()
    {
        await using var authority = await OAuthAuthority.StartAsync();
        await using var console = await ConsoleUnderTest.StartAsync(signOn: Settings(authority));
        await console.AddPersonAsync("kim", Role.Operator);
        await console.Queue.ExecuteAsync("update console_user set must_change_password = true where user_name = 'kim'");
        authority.Person = Kim;
        using var browser = new Visitor(console.Url);

        (await browser.GetAsync(Urls.SignIn("/queue?state=held"))).Text.ShouldContain("Sign in with the works directory");
        var page = await browser.GetAsync(Urls.SignInElsewhere("/queue?state=held"));

        (page.Status, page.Address.PathAndQuery).ShouldBe((HttpStatusCode.OK, "/queue?state=held"));
        (await console.Queue.ScalarAsync<string>("select means from console_session")).ShouldBe("single sign-on");
        (await console.Queue.ScalarAsync<bool>("select password_hash is null and roles = '{operator}' from console_user where user_name = 'kim'")).ShouldBeTrue();
        authority.Faults.ShouldBeEmpty();

        // Renamed over there it is the same person; somebody else who now bears the name is not.
        authority.Person = Kim.Replace("kim", "kim.new", StringComparison.Ordinal);
        using var again = new Visitor(console.Url);
        (await again.GetAsync(Urls.SingleSignOn)).Address.AbsolutePath.ShouldBe("/");
        authority.Person = Kim.Replace("\"7\"", "\"8\"", StringComparison.Ordinal);
        using var stranger = new Visitor(console.Url);
        (await stranger.GetAsync(Urls.SingleSignOn)).Text.ShouldContain("This account is locked");
    }

    [Fact]
    public async Task Who_has_no_account_is_refused_or_made_a_viewer_as_the_option_says()
    {
        await using var authority = await OAuthAuthority.StartAsync();
        authority.Person = Kim;
        await using (var console = await ConsoleUnderTest.StartAsync(signOn: Settings(authority)))
        {
            using var browser = new Visitor(console.Url);
            (await browser.GetAsync(Urls.SingleSignOn)).Text.ShouldContain("there is no account for you here");
            (await console.Queue.ScalarAsync<long>("select count(*) from console_user")).ShouldBe(1);
        }

        await using var open = await ConsoleUnderTest.StartAsync(signOn: Settings(authority) with { CreatesAccounts = true });
        using var newcomer = new Visitor(open.Url);
        (await newcomer.GetAsync(Urls.SingleSignOn)).Address.AbsolutePath.ShouldBe("/");
        (await open.Queue.ScalarAsync<string[]>("select roles from console_user where user_name = 'kim'")).ShouldBe(["viewer"]);
        (await open.Queue.ScalarAsync<string>("select actor from audit where target = 'user kim'")).ShouldBe("single sign-on");
    }

    [Fact]
    public async Task Roles_follow_the_claim_at_each_sign_in_and_a_claim_that_gives_none_lets_nobody_in()
    {
        await using var authority = await OAuthAuthority.StartAsync();
        await using var console = await ConsoleUnderTest.StartAsync(signOn: Settings(authority) with
        {
            CreatesAccounts = true,
            RolesClaim = "groups",
            Roles = new Dictionary<string, string> { ["mail-admins"] = "administrator", ["dispatch"] = "operator" },
        });

        authority.Person = Kim;
        (await SignInAsync(console)).Address.AbsolutePath.ShouldBe("/");
        (await console.Queue.ScalarAsync<string[]>("select roles from console_user where user_name = 'kim'")).ShouldBe(["administrator"]);
        authority.Person = Kim.Replace("mail-admins", "dispatch", StringComparison.Ordinal);
        (await SignInAsync(console)).Address.AbsolutePath.ShouldBe("/");
        (await console.Queue.ScalarAsync<string[]>("select roles from console_user where user_name = 'kim'")).ShouldBe(["operator"]);
        authority.Person = Kim.Replace("mail-admins", "visitors", StringComparison.Ordinal);
        (await SignInAsync(console)).Text.ShouldContain("gives you no role here");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("""{"sub": "7", "preferred_username": ""}""")]
    [InlineData("""{"sub": "7", "preferred_username": "<script>alert(1)</script>"}""")]
    [InlineData("""{"sub": {"a": 1}, "preferred_username": "admin"}""")]
    public async Task Claims_that_name_nobody_let_nobody_in(string person)
    {
        await using var authority = await OAuthAuthority.StartAsync();
        await using var console = await ConsoleUnderTest.StartAsync(signOn: Settings(authority) with { CreatesAccounts = true });
        authority.Person = person;

        (await SignInAsync(console)).Text.ShouldContain("did not say who you are");

        (await console.Queue.ScalarAsync<long>("select count(*) from console_session")).ShouldBe(0);
        (await console.Queue.ScalarAsync<long>("select count(*) from console_user")).ShouldBe(1);
    }

    [Fact]
    public async Task An_answer_that_this_browser_did_not_ask_for_is_refused()
    {
        await using var authority = await OAuthAuthority.StartAsync();
        await using var console = await ConsoleUnderTest.StartAsync(signOn: Settings(authority) with { CreatesAccounts = true });
        authority.Person = Kim;
        using var attacker = new Visitor(console.Url) { StopsBefore = $"{Urls.SingleSignOn}/done" };
        var link = (await attacker.GetAsync(Urls.SingleSignOn)).Address;
        using var victim = new Visitor(console.Url);

        (await victim.GetAsync(link.PathAndQuery)).Text.ShouldContain("did not say who you are");

        (await console.Queue.ScalarAsync<long>("select count(*) from console_session")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"tokenEndpoint": "http://login.example/token"}""", "is not https")]
    [InlineData("""{"secret": "a", "secretFile": "b"}""", "either secret or secretFile")]
    [InlineData("""{"rolesClaim": "groups"}""", "rolesClaim and roles belong together")]
    [InlineData("""{"rolesClaim": "groups", "roles": {"x": "king"}}""", "there is no role king")]
    [InlineData("""{"scope": "openid"}""", "scope")]
    public async Task A_file_that_cannot_be_used_says_why(string over, string fault)
    {
        var settings = System.Text.Json.Nodes.JsonNode.Parse(
            """
            {"authorizationEndpoint": "https://login.example/authorize", "tokenEndpoint": "https://login.example/token",
             "userInformationEndpoint": "https://login.example/me", "clientId": "postern", "secretFile": "/nowhere"}
            """)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(over)!.AsObject())
        {
            settings[name] = value?.DeepClone();
        }

        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, settings.ToJsonString());

        var refusal = await Should.ThrowAsync<StartException>(() => SingleSignOn.ReadAsync(path, null!, null!, CancellationToken.None));

        File.Delete(path);
        refusal.ExitCode.ShouldBe(StartException.Configuration);
        refusal.Message.ShouldContain(fault);
    }

    private static async Task<Visit> SignInAsync(ConsoleUnderTest console)
    {
        using var browser = new Visitor(console.Url);
        return await browser.GetAsync(Urls.SingleSignOn);
    }

    private static SingleSignOn Settings(OAuthAuthority authority) => new()
    {
        Label = "the works directory",
        AuthorizationEndpoint = new Uri($"{authority.Url}/authorize"),
        TokenEndpoint = new Uri($"{authority.Url}/token"),
        UserInformationEndpoint = new Uri($"{authority.Url}/userinfo"),
        ClientId = OAuthAuthority.ClientId,
        ClientSecret = OAuthAuthority.ClientSecret,
    };

    private sealed record Visit(HttpStatusCode Status, Uri Address, string Text);

    // A browser without a screen: cookies, and redirects that can be stopped at.
    private sealed class Visitor : IDisposable
    {
        private readonly HttpClient client;

        public Visitor(string address) => client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri(address),
            DefaultRequestHeaders = { { "Accept", "text/html" } },
        };

        public string? StopsBefore { get; init; }

        public async Task<Visit> GetAsync(string path)
        {
            var address = new Uri(client.BaseAddress!, path);
            for (var i = 0; i < 10; i++)
            {
                if (StopsBefore is not null && address.AbsolutePath == StopsBefore)
                {
                    return new Visit(HttpStatusCode.Found, address, "");
                }

                using var answer = await client.GetAsync(address);
                if (answer.Headers.Location is not { } next)
                {
                    return new Visit(answer.StatusCode, address, await answer.Content.ReadAsStringAsync());
                }

                address = new Uri(address, next);
            }

            throw new InvalidOperationException($"Redirected for ever, last to {address}.");
        }

        public void Dispose() => client.Dispose();
    }
}
