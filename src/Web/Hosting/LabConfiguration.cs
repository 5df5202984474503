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
/// <remarks>SITE1 and SITE2 are ours; SALES is reached by <c>ccmail-sales</c>; everything on the internet goes to the lab's peer, and nothing leaves the machine.</remarks>
internal sealed class LabConfiguration(string program, string dataFolder, int peerPort, NpgsqlDataSource database, SecretStore secrets)
{
    private const string PostOffice = "SALES";
    private const string PasswordName = "lab-sales";
    private const string Password = "LAB";

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

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await using var any = database.CreateCommand("select exists (select from connector)");
        if ((bool)(await any.ExecuteScalarAsync(cancellationToken))!)
        {
            await using var move = database.CreateCommand(MovePeerSql);
            move.Parameters.Add(new() { Value = PeerHost });
            await move.ExecuteNonQueryAsync(cancellationToken);
            return;
        }

        var who = Operator.Local("The lab");
        await secrets.SetAsync(PasswordName, Password, who, cancellationToken);
        var result = await new ConfigurationFile(database, SettingsCatalog.Known).ApplyAsync(Text(), who, cancellationToken);
        if (!result.IsValid)
        {
            throw new StartException($"The lab cannot be configured: {string.Join(' ', result.Faults)}", StartException.Configuration);
        }
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
              - name: SITE2
                smtpDomains: [site2.example]
                ccMailPostOffice: SITE2
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
            entries:

            """);
        foreach (var record in People())
        {
            WriteEntry(text, record);
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
        if (MailAddress.TryParse(native, out _, out _) && MailAddress.TryParse(proxy, out _, out _))
        {
            text.Append("  - displayName: ").Append(Quote($"{first} {last}".Trim())).Append('\n');
            text.Append("    native: ").Append(Quote(native)).Append('\n');
            text.Append("    proxies: [").Append(Quote(proxy)).Append("]\n");
        }
    }

    private static string LocalPart(string first, string last) =>
        (first.Length > 0 ? $"{first}.{last}" : last).Replace(' ', '.').ToLowerInvariant();

    private string Program(string verb, params string[] switches) =>
        string.Join(", ", ((string[])[program, verb, "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", .. switches, "/@{file}"]).Select(Quote));

    // Every JSON string is a YAML string.
    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
