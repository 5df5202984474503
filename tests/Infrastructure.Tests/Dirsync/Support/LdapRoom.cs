using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.Ldap;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Ldap;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>A part of a directory server for one test alone: a base with people and a container for our entries, with nothing in either.</summary>
internal sealed class LdapRoom : IDisposable
{
    private static readonly LdapNames Rule = new();

    private readonly LdapConnection connection;
    private int ordinal;

    public LdapRoom(SlapdServer server)
    {
        connection = server.Open();
        var name = Guid.NewGuid().ToString("N")[..8];
        Base = Unit(name, SlapdServer.Suffix);
        People = Unit("People", Base);
        Container = Unit("Ours", Base);
        Settings = new LdapSettings
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Encryption = LdapEncryption.Off,
            AllowPlainText = true,
            BindDn = SlapdServer.Account,
            PasswordSecret = "directory",
            Base = Base,
            Container = Container,
            PageSize = 50,
        };
    }

    public string Base { get; }

    public string People { get; }

    public string Container { get; }

    public LdapSettings Settings { get; set; }

    public string Password { get; set; } = SlapdServer.Password;

    public SyncRules Rules { get; set; } = new();

    public Partner Partner => new(1, "headquarters", "ldap", JsonSerializer.Serialize(Settings, SettingsJson.Options), Rules, true, 1, 1);

    /// <summary>Ours, as it should stand in the container.</summary>
    public static DirectoryRow Row(string name, string address, string id = "", params (string, string)[] values)
    {
        DirectoryRow.TryCreate(Rule, id, name, MailAddress.Parse(address), RowKind.Person, RowValues.Of(values), out var row, out var fault).ShouldBeTrue(fault);
        return row;
    }

    public Task<IPartnerDirectory> OpenAsync() => new LdapPartners((_, _) => Task.FromResult<string?>(Password), TimeProvider.System).OpenAsync(Partner, TestContext.Current.CancellationToken);

    public async Task<LdapReading> ReadAsync(string memory = "{}")
    {
        await using var directory = await OpenAsync();
        var records = new List<ReadRecord>();
        var result = await directory.ReadAsync(memory, Keep, TestContext.Current.CancellationToken);
        return new LdapReading(records, result);

        ValueTask Keep(ReadRecord record)
        {
            records.Add(record);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Brings the container to what is wanted, as a cycle does: read back, compare, write.</summary>
    /// <returns>How each step went; empty when there was nothing to do.</returns>
    public async Task<IReadOnlyList<StepResult>> SyncAsync(params IEnumerable<DirectoryRow> wanted)
    {
        await using var directory = await OpenAsync();
        var rows = wanted.Select(row => directory.TryHold(row, out var held, out var fault) ? held : throw new InvalidOperationException(fault)).ToList();
        var read = await ReadAsync();
        var byAddress = rows.ToDictionary(row => row.AddressKey, row => row.Identity);
        var held = read.Held.Select(record => new HeldRow(record.Held! with { Identity = Known(record, byAddress) }, record.IsOurs)).ToList();
        var places = read.Held.Where(record => record.IsOurs).ToDictionary(record => Known(record, byAddress), record => record.Place);
        var changes = DirectoryComparison.Of(rows, held, new MergeRules { Names = directory.Names });
        return await WriteAsync([.. ApplySteps.Of(changes.Where(change => change.IsProposal), directory.Ability).Select(step => Step(step, places.GetValueOrDefault(step.Of.Identity, "")))]);
    }

    public WriteStep Step(ApplyStep step, string place = "") => new(++ordinal, step, place);

    public async Task<IReadOnlyList<StepResult>> WriteAsync(params WriteStep[] steps)
    {
        await using var directory = await OpenAsync();
        var results = new List<StepResult>();
        await directory.WriteAsync("{}", steps.ToAsyncEnumerable(), Keep, TestContext.Current.CancellationToken);
        return results;

        ValueTask Keep(StepResult result)
        {
            results.Add(result);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>An entry put there by somebody else.</summary>
    public string Put(string container, string name, params (string Attribute, string Value)[] attributes)
    {
        DistinguishedName.TryParse(container, out var parent, out _);
        var place = parent.Child("cn", name).ToString();
        var all = attributes.Append(("cn", name)).ToList();
        all.AddRange(all.Exists(pair => pair.Item1 == "objectClass") ? [] : [("objectClass", "inetOrgPerson"), ("sn", name)]);
        Send(new AddRequest(place, [.. all.GroupBy(pair => pair.Item1, pair => pair.Item2).Select(pair => new DirectoryAttribute(pair.Key, [.. pair.Cast<object>()]))]));
        return place;
    }

    public void Send(DirectoryRequest request) => connection.SendRequest(request).ResultCode.ShouldBe(ResultCode.Success);

    public void Change(string place, string attribute, params string[] values) => Send(new ModifyRequest(place, DirectoryAttributeOperation.Replace, attribute, [.. values]));

    /// <summary>What stands in a container, as the server tells it: names with the values of one attribute.</summary>
    public IReadOnlyList<string> Names(string container, string attribute = "cn")
    {
        var response = (SearchResponse)connection.SendRequest(new SearchRequest(container, "(objectClass=*)", SearchScope.OneLevel, attribute));
        return [.. response.Entries.Cast<SearchResultEntry>().Select(entry => entry.Attributes[attribute] is { Count: > 0 } values ? string.Join('|', values.GetValues(typeof(string)).Cast<string>()) : "").Order(StringComparer.Ordinal)];
    }

    public void Dispose() => connection.Dispose();

    private static string Known(ReadRecord record, Dictionary<string, string> byAddress) => byAddress.GetValueOrDefault(record.Held!.AddressKey, record.Held.Identity);

    private string Unit(string name, string parent)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"ou={name},{parent}");
        Send(new AddRequest(place, new DirectoryAttribute("objectClass", "organizationalUnit"), new DirectoryAttribute("ou", name)));
        return place;
    }
}

/// <summary>What one read gave.</summary>
internal sealed record LdapReading(IReadOnlyList<ReadRecord> Records, ReadResult Result)
{
    public IReadOnlyList<ReadRecord> Held => [.. Records.Where(record => record.Held is not null)];

    public IReadOnlyList<string> Names => [.. Records.Where(record => record.Entry is not null).Select(record => record.Entry!.Name)];

    public int StillThere => Records.Count(record => record.StillThere.Length > 0);

    public IReadOnlyList<string> Faults => [.. Records.Where(record => record.Fault is not null).Select(record => record.Fault!.Sentence)];
}
