using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Ldap;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Two directories that change at random, Postern between them, and a simple model of what each must hold.</summary>
/// <remarks>The full size: <c>POSTERN_DIRSYNC_ENTRIES=10000 POSTERN_DIRSYNC_CYCLES=20 POSTERN_DIRSYNC_SEED=1</c>.</remarks>
public sealed class LdapEndToEndTests
{
    private static readonly int Entries = Number("ENTRIES", 800);
    private static readonly int Cycles = Number("CYCLES", 6);
    private static readonly int Edits = Number("EDITS", 300);
    private static readonly int Seed = Number("SEED", Environment.ProcessId);

    private static SyncRules RulesOf(string name) => new()
    {
        OwnedHomes = [$"{name}.example"],
        Export = new ExportRules { ExportsGiven = true },
        ImportConsent = Freely,
        ExportConsent = Freely,
        Canary = new CanaryRules { Address = CanaryOf(name) },
    };

    // Of the other side's domain, as whoever reads the container would have it.
    private static string CanaryOf(string name) => $"canary@{(name == "one" ? "two" : "one")}.example";

    private static ConsentRules Freely => new()
    {
        Delete = ApprovalMode.Automatic,
        Move = ApprovalMode.Automatic,
        Rename = ApprovalMode.Automatic,
        Modify = ApprovalMode.Automatic,
        Add = ApprovalMode.Automatic,
        Thresholds = [],
    };

    [Fact]
    [Trait("source", "Q237588")]
    public async Task After_any_edits_on_both_sides_each_directory_holds_what_the_model_says_and_nothing_more_is_proposed()
    {
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Entries} entries, {Cycles} cycles of {Edits} edits, seed {Seed}"));
        await using var slapd = await SlapdServer.StartAsync(WritePeople);
        await using var database = await TestDatabase.CreateAsync();
        using var house = new TwoDirectories(slapd, database);
        var chance = new Random(Seed);
        var (one, other) = (await house.AddAsync("one", Model(Entries)), await house.AddAsync("two", Model(0)));
        (await new SecretNames(database.DataSource).ListAsync(TestContext.Current.CancellationToken)).Single().UsedBy.ShouldBe(["partner one, password", "partner two, password"]);
        await house.SettleAsync();
        house.Check();

        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            for (var edit = 0; edit < Edits / Cycles; edit++)
            {
                house.Edit(chance.Next(2) == 0 ? one : other, chance);
            }

            // Now and then one side runs twice before the other does.
            await house.CycleAsync(chance.Next(2) == 0 ? one : other);
        }

        await house.SettleAsync();
        house.Check();
    }

    private static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable($"POSTERN_DIRSYNC_{name}"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : usual;

    private static Dictionary<string, Person> Model(int count) => Enumerable.Range(0, count)
        .Select(i => new Person(string.Create(CultureInfo.InvariantCulture, $"Person {i}"), string.Create(CultureInfo.InvariantCulture, $"p{i}@one.example"), "")).ToDictionary(person => person.Name, StringComparer.Ordinal);

    private static void WritePeople(TextWriter writer)
    {
        foreach (var place in (string[])["one", "two"])
        {
            writer.Write($"dn: ou={place},{SlapdServer.Suffix}\nobjectClass: organizationalUnit\nou: {place}\n\n");
            writer.Write($"dn: ou=Ours,ou={place},{SlapdServer.Suffix}\nobjectClass: organizationalUnit\nou: Ours\n\n");
        }

        foreach (var person in Model(Entries).Values)
        {
            writer.Write($"dn: cn={person.Name},ou=one,{SlapdServer.Suffix}\nobjectClass: inetOrgPerson\ncn: {person.Name}\nsn: {person.Name}\nmail: {person.Mail}\n\n");
        }
    }

    private sealed record Person(string Name, string Mail, string Title);

    private sealed record Side(string Name, long PartnerId, Dictionary<string, Person> People)
    {
        public string Base => $"ou={Name},{SlapdServer.Suffix}";

        public string Container => $"ou=Ours,{Base}";
    }

    private sealed class TwoDirectories : IDisposable
    {
        private static readonly Operator Root = new("local:root", [Role.Administrator], "");

        private readonly SlapdServer slapd;
        private readonly NpgsqlDataSource source;
        private readonly LdapConnection connection;
        private readonly RouteModels models;
        private readonly PartnerStore partners;
        private readonly DirsyncCycle cycles;
        private readonly List<Side> sides = [];
        private int number;

        public TwoDirectories(SlapdServer slapd, TestDatabase database)
        {
            this.slapd = slapd;
            connection = slapd.Open();
            source = database.DataSource;
            var kinds = new PartnerKinds([new LdapPartners((_, _) => Task.FromResult<string?>(SlapdServer.Password), TimeProvider.System)]);
            var events = new EventLog(source, NullLogger<EventLog>.Instance);
            models = new RouteModels(source, new RoutingLoader(source), LiveRouting.Fixed(RoutingTable.Empty));
            partners = new PartnerStore(source, kinds);
            var apply = new PlanApply(source, kinds, new OwnDirectory(), events);
            cycles = new DirsyncCycle(source, kinds, models, events, apply.ContinueAsync, NullLogger<DirsyncCycle>.Instance);
        }

        private static CancellationToken Ended => TestContext.Current.CancellationToken;

        public async Task<Side> AddAsync(string name, Dictionary<string, Person> people)
        {
            var side = new Side(name, 0, people);
            var settings = new LdapSettings
            {
                Host = "127.0.0.1",
                Port = slapd.Port,
                Encryption = LdapEncryption.Off,
                AllowPlainText = true,
                BindDn = SlapdServer.Account,
                PasswordSecret = "directory",
                Base = side.Base,
                Container = side.Container,
                Overlap = TimeSpan.FromSeconds(2),
            };
            var saved = await partners.SaveAsync(new PartnerDraft(0, name, "ldap", JsonSerializer.Serialize(settings, SettingsJson.Options), RulesOf(name)), null, Root, Ended);
            saved.Faults.ShouldBeEmpty();
            sides.Add(side with { PartnerId = saved.Saved!.Id });
            return sides[^1];
        }

        public async Task<long> CycleAsync(Side side)
        {
            var result = await cycles.RunAsync(side.PartnerId, isDry: false, Ended);
            result.Fault.ShouldBe("");
            foreach (var line in await StoryAsync(side, result.Cycle))
            {
                TestContext.Current.TestOutputHelper!.WriteLine(line);
            }

            return result.Changes;
        }

        /// <summary>Everybody once, and once more: what came from the last one must reach the first one. After that nothing may be proposed.</summary>
        public async Task SettleAsync()
        {
            foreach (var side in (Side[])[sides[0], sides[1], sides[0]])
            {
                await CycleAsync(side);
            }

            foreach (var side in sides)
            {
                (await CycleAsync(side)).ShouldBe(0, $"{side.Name} has come to rest");
                var canary = (await partners.CanariesAsync(side.PartnerId, Ended)).ShouldHaveSingleItem();
                (canary.Fault, canary.LateSince, canary.SeenDay).ShouldBe(("", null, canary.WrittenDay));
            }
        }

        public void Edit(Side side, Random chance)
        {
            var act = chance.Next(6);
            if (act == 0 || side.People.Count < 5)
            {
                var born = new Person(Fresh(chance), $"n{++number}@{side.Name}.example", "");
                Send(new AddRequest($"cn={born.Name},{side.Base}", new("objectClass", "inetOrgPerson"), new("cn", born.Name.Replace("\\,", ",", StringComparison.Ordinal)), new("sn", "x"), new("mail", born.Mail)));
                side.People.Add(born.Name, born);
                return;
            }

            var person = side.People.Values.ElementAt(chance.Next(side.People.Count));
            var place = $"cn={person.Name},{side.Base}";
            switch (act)
            {
                case 1:
                    Send(new DeleteRequest(place));
                    side.People.Remove(person.Name);
                    break;
                case 2:
                    var name = Fresh(chance);
                    Send(new ModifyDNRequest(place, null, $"cn={name}") { DeleteOldRdn = true });
                    side.People.Remove(person.Name);
                    side.People.Add(name, person with { Name = name });
                    break;
                case 3:
                    side.People[person.Name] = person with { Mail = $"m{++number}@{side.Name}.example" };
                    Send(new ModifyRequest(place, DirectoryAttributeOperation.Replace, "mail", side.People[person.Name].Mail));
                    break;
                default:
                    side.People[person.Name] = person with { Title = $"Title {chance.Next(100)}" };
                    Send(new ModifyRequest(place, DirectoryAttributeOperation.Replace, "title", side.People[person.Name].Title));
                    break;
            }
        }

        /// <summary>In each container stand the people of the other side, and nobody else; the people themselves were touched by nobody.</summary>
        public void Check()
        {
            foreach (var (side, other) in ((Side, Side)[])[(sides[0], sides[1]), (sides[1], sides[0])])
            {
                Read(side.Container).ShouldBe([.. Listing(other).Append($"Postern canary|{CanaryOf(side.Name)}|").Order(StringComparer.Ordinal)], $"what {side.Name} holds of {other.Name}, and the canary");
                Read(side.Base).ShouldBe(Listing(side), $"the people of {side.Name}");
            }
        }

        // What is printed when the test fails.
        private async Task<List<string>> StoryAsync(Side side, long cycle)
        {
            var story = new List<string>();
            await using var command = source.CreateCommand(
                """
                -- plans of one cycle with what was refused, and what the cycle said
                select p.name || ' ' || l.cycle || ' ' || l.direction || ' ' || l.state || ' ' || l.counts::text || ' ' || l.fault
                       || coalesce((select string_agg(outcome || ' ' || outcome_text, ', ') from (select distinct outcome, outcome_text from plan_row where plan_id = l.id limit 3) o), '')
                  from plan l join partner p on p.id = l.partner_id where p.id = $1 and l.cycle = $2
                 union all
                select '  ' || n.kind || ' ' || n.source || ' ' || n.text from (select * from cycle_note where partner_id = $1 and cycle = $2 order by id limit 5) n
                """);
            command.Parameters.Add(new() { Value = side.PartnerId });
            command.Parameters.Add(new() { Value = cycle });
            await using var row = await command.ExecuteReaderAsync(Ended);
            while (await row.ReadAsync(Ended))
            {
                story.Add(row.GetString(0));
            }

            return story;
        }

        public void Dispose()
        {
            connection.Dispose();
            models.Dispose();
        }

        private static List<string> Listing(Side side) => [.. side.People.Values.Select(person => $"{person.Name}|{person.Mail}|{person.Title}").Order(StringComparer.Ordinal)];

        // As it stands in a distinguished name.
        private string Fresh(Random chance)
        {
            string[] forms = ["Jörg {0}, Straße", "e\u0301 {0}", "{0} & Söhne", "İ {0}", "ＦＵＬＬ {0}", "{0} (x) *", "Smith, J{0}"];
            return string.Format(CultureInfo.InvariantCulture, forms[chance.Next(forms.Length)], ++number).Replace(",", "\\,", StringComparison.Ordinal);
        }

        private List<string> Read(string place)
        {
            var found = new List<string>();
            var page = new PageResultRequestControl(1_000);
            do
            {
                var request = new SearchRequest(place, "(objectClass=inetOrgPerson)", SearchScope.OneLevel, "cn", "mail", "title");
                request.Controls.Add(page);
                var response = (SearchResponse)connection.SendRequest(request);
                found.AddRange(response.Entries.Cast<SearchResultEntry>().Select(entry => $"{Value(entry, "cn").Replace(",", "\\,", StringComparison.Ordinal)}|{Value(entry, "mail")}|{Value(entry, "title")}"));
                page.Cookie = response.Controls.OfType<PageResultResponseControl>().Single().Cookie;
            }
            while (page.Cookie.Length > 0);
            return [.. found.Order(StringComparer.Ordinal)];
        }

        private void Send(DirectoryRequest request) => connection.SendRequest(request).ResultCode.ShouldBe(ResultCode.Success);

        private static string Value(SearchResultEntry entry, string name) => entry.Attributes[name] is { Count: > 0 } values ? (string)values.GetValues(typeof(string))[0] : "";
    }
}
