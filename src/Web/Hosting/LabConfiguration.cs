using System.Buffers;
using System.Text;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Web.Hosting;

/// <summary>What joins Postern to the lab, applied once, while no connector is configured; after that it is the operator's.</summary>
/// <remarks>
/// SITE1 and SITE2 are ours; SALES is reached by <c>ccmail-sales</c>, HARBOR/PIER1 by <c>msmail-pier1</c> and HARBOR/PIER2 through it; everything on the internet goes to the
/// lab's peer, and nothing leaves the machine. PIER1 knows SITE1 and not SITE2, so mail from there to SITE2 is lost in it, as in Q199534. Canaries
/// show which definitions are there; the ones that are missing are left.
/// </remarks>
internal sealed class LabConfiguration(string program, string dataFolder, int peerPort, NpgsqlDataSource database, SecretStore secrets)
{
    private const string PostOffice = "SALES";
    private const string PasswordName = "lab-sales";
    private const string Password = "LAB";
    private const string HarborPasswordName = "lab-pier1";
    private const string HarborPassword = "PASSWORD";
    private const int LongestMailbox = 10;

    // Who has a mailbox in HARBOR, as the lab makes it.
    private static readonly (string First, string Last, string Mailbox)[] Sailors =
        [("Anna", "Berg", "HARBOR/PIER1/ANNAB"), ("Carl", "Dahl", "HARBOR/PIER1/CARLD"), ("Gustava", "Holm", "HARBOR/PIER2/GUSTH")];

    private const string MovePeerSql =
        """
        -- the peer had to take another port; a smart host that is no longer the lab's is left alone
        with moved as (
          update connector set settings = jsonb_set(settings, '{smartHosts}', jsonb_build_array($1::text))
           where name = 'smtp-peer' and jsonb_array_length(settings -> 'smartHosts') = 1
             and settings -> 'smartHosts' ->> 0 like '127.0.0.1:%' and settings -> 'smartHosts' ->> 0 <> $1
          returning 1)
        update configuration set version = version + 1, changed_at = now() where exists (select from moved)
        """;

    private string PeerHost => $"127.0.0.1:{peerPort}";

    /// <returns>Whether it was applied now.</returns>
    public async Task<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        await using var any = database.CreateCommand("select exists (select from connector)");
        if ((bool)(await any.ExecuteScalarAsync(cancellationToken))!)
        {
            await using var move = database.CreateCommand(MovePeerSql);
            move.Parameters.Add(new() { Value = PeerHost });
            await move.ExecuteNonQueryAsync(cancellationToken);
            return false;
        }

        var who = Operator.Local("The lab");
        await secrets.SetAsync(PasswordName, Password, who, cancellationToken);
        await secrets.SetAsync(HarborPasswordName, HarborPassword, who, cancellationToken);
        var result = await new ConfigurationFile(database, SettingsCatalog.Known).ApplyAsync(Text(), who, cancellationToken);
        if (!result.IsValid)
        {
            throw new StartException($"The lab cannot be configured: {string.Join(' ', result.Faults)}", StartException.Configuration);
        }

        return true;
    }

    /// <summary>The configuration, in the form an operator would write it.</summary>
    internal string Text()
    {
        var text = new StringBuilder(
            $$"""
            sites:
              - name: SITE1
                smtpDomains: [site1.example]
                ccMailPostOffice: SITE1
                msMailPostOffice: POSTERN/SITE1
              - name: SITE2
                smtpDomains: [site2.example]
                ccMailPostOffice: SITE2
                msMailPostOffice: POSTERN/SITE2
            connectors:
              - name: ccmail-sales
                kind: ccmail
                settings:
                  postOfficeName: {{PostOffice}}
                  postOfficePath: {{Quote(Path.Combine(dataFolder, "lab", PostOffice))}}
                  workFolder: {{Quote(Path.Combine(dataFolder, "ccmail", "ccmail-sales"))}}
                  password: { secret: {{PasswordName}} }
                  siteName: SITE1
                  importProgram: [{{Program("import", "/PARTIAL", "/BATCH", "/FILES/MACBIN2")}}]
                  exportProgram: [{{Program("export", "/FORMAT/FAN", "/BATCH", "/FILES/MACBIN2")}}]
                  secondsBeforeExport: 2
                  secondsBeforeImport: 2
                  importTimeLimit: 20
                  exportTimeLimit: 20
              - name: msmail-pier1
                kind: msmail
                settings:
                  postOfficeName: HARBOR/PIER1
                  siteName: POSTERN/SITE1
                  postOfficePath: {{Quote(Path.Combine(dataFolder, "lab", "HARBOR", "PIER1"))}}
                  workFolder: {{Quote(Path.Combine(dataFolder, "msmail", "msmail-pier1"))}}
                  password: { secret: {{HarborPasswordName}} }
                  putProgram: [{{Gateway("gtwput", "{file}")}}]
                  getProgram: [{{Gateway("gtwget", "-n{count}", "{file}")}}]
                  messagesPerPut: 50
                  earlierMessages: AreTaken
                  secondsBeforeGet: 3
                  secondsBeforePut: 2
                  putTimeLimit: 20
                  getTimeLimit: 20
                  canary:
                    recipient: MS:HARBOR/PIER1/NOSUCHMAN
                    interval: 1m
              - name: smtp-peer
                kind: smtp
                addressSpaces:
                  - type: SMTP
                    pattern: "*"
                settings:
                  smartHosts: [{{Quote(PeerHost)}}]
            postOffices:
              - system: CCMAIL
                name: {{PostOffice}}
                connector: ccmail-sales
              - system: MS
                name: HARBOR/PIER1
                connector: msmail-pier1
              - system: MS
                name: HARBOR/PIER2
                via: HARBOR/PIER1
            entries:

            """);
        foreach (var record in People())
        {
            WriteEntry(text, record);
        }

        foreach (var (first, last, mailbox) in Sailors)
        {
            WriteEntry(text, $"{first} {last}", $"MS:{mailbox}", $"{LocalPart(first, last)}@site1.example", $"CCMAIL:{last}, {first} at SITE1");
        }

        return text.ToString();
    }

    private IEnumerable<DirectoryRecord> People()
    {
        var file = File.ReadAllBytes(Path.Combine(dataFolder, "lab", PostOffice, "directory.txt"));
        return DirectoryReader.Read(new ReadOnlySequence<byte>(file), new CcMailProfile()).Records
            .Where(record => record.Location is DirectoryLocation.LocalUser or DirectoryLocation.RemoteUserElsewhere);
    }

    // A user of SALES is known to the internet as first.last; one behind our sites has a mailbox on the internet and is known to SALES by the site.
    private static void WriteEntry(StringBuilder text, DirectoryRecord record)
    {
        var (last, first) = record.Name.Split(',', 2, StringSplitOptions.TrimEntries) is [var family, var given] ? (family, given) : (record.Name, "");
        var (site, foreign) = record.SplitAddress(["SITE1", "SITE2"]);
        var isLocal = record.Location == DirectoryLocation.LocalUser;
        var native = isLocal ? $"CCMAIL:{record.Name} at {PostOffice}" : foreign;
        var proxy = isLocal ? $"{LocalPart(first, last)}@site1.example" : $"CCMAIL:{record.Name} at {site}";
        WriteEntry(text, $"{first} {last}".Trim(), native, proxy, $"MS:POSTERN/{(site.Length > 0 ? site : "SITE1")}/{MailboxOf(first, last)}");
    }

    private static void WriteEntry(StringBuilder text, string name, string native, params string[] proxies)
    {
        if (proxies.Append(native).All(address => MailAddress.TryParse(address, out _, out _)))
        {
            text.Append("  - displayName: ").Append(Quote(name)).Append('\n');
            text.Append("    native: ").Append(Quote(native)).Append('\n');
            text.Append("    proxies: [").AppendJoin(", ", proxies.Select(Quote)).Append("]\n");
        }
    }

    // A mailbox as an administrator of MS Mail would name it: Novak, Petra is NOVAKP.
    private static string MailboxOf(string first, string last)
    {
        var family = string.Concat(last.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return family[..Math.Min(family.Length, LongestMailbox - 1)] + first.ToUpperInvariant().FirstOrDefault(char.IsAsciiLetterOrDigit, '1');
    }

    private static string LocalPart(string first, string last) =>
        (first.Length > 0 ? $"{first}.{last}" : last).Replace(' ', '.').ToLowerInvariant();

    private string Program(string verb, params string[] switches) =>
        string.Join(", ", ((string[])[program, verb, "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", .. switches, "/@{file}"]).Select(Quote));

    private string Gateway(string verb, params string[] last) => string.Join(
        ", ", ((string[])[program, verb, .. verb == "gtwget" ? (string[])["{site}"] : [], "-a{administrator}:{password}", "-d{path}", "-f2", .. last]).Select(Quote));

    // Every JSON string is a YAML string.
    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
