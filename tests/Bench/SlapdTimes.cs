using System.Globalization;
using System.Text.Json;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Ldap;
using Postern.Infrastructure.Tests.Dirsync;

namespace Postern.Bench;

/// <summary>What OpenLDAP's own tools take for entries that Postern reads from the same server in the same run.</summary>
/// <param name="Add">slapadd puts them in.</param>
/// <param name="Search">ldapsearch reads them, page by page, the attributes that Postern asks for.</param>
/// <param name="Ours">Postern reads them, each as an entry of a partner.</param>
internal sealed record SlapdTimes(int Entries, TimeSpan Add, TimeSpan Search, TimeSpan Ours)
{
    private const int PageSize = 500;

    private static string People => $"ou=People,{SlapdServer.Suffix}";

    /// <summary>One line for a measurement's table.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Entries:N0} entries: slapadd {Add.TotalSeconds:0.00} s, ldapsearch {Search.TotalSeconds:0.00} s, read by Postern {Ours.TotalSeconds:0.00} s ({Entries / Ours.TotalSeconds:N0} a second)");

    /// <summary>Null where slapd is not installed.</summary>
    public static async Task<SlapdTimes?> MeasureAsync(int entries)
    {
        if (SlapdServer.Obstacle.Length > 0)
        {
            return null;
        }

        await using var server = SlapdServer.Prepare();
        var add = server.Load(writer => Write(writer, entries));
        await server.StartAgainAsync();
        // Once unmeasured each: what is read first fills the server's memory.
        await ReadAsync(server, entries);
        var search = SearchAll(server);
        var ours = await ReadAsync(server, entries);
        return new SlapdTimes(entries, add, search, ours);
    }

    private static void Write(TextWriter writer, int entries)
    {
        SlapdServer.WriteBeginning(writer);
        writer.Write($"dn: {People}\nobjectClass: organizationalUnit\nou: People\n\n");
        for (var i = 0; i < entries; i++)
        {
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"dn: cn=Person {i},{People}\nobjectClass: inetOrgPerson\ncn: Person {i}\ngivenName: Person\nsn: Number {i}\nmail: person.{i}@site1.example\ndepartmentNumber: {i % 40}\ntelephoneNumber: +47 {i}\n\n"));
        }
    }

    private static TimeSpan SearchAll(SlapdServer server)
    {
        var began = TimeProvider.System.GetTimestamp();
        var attributes = string.Join(' ', new LdapSettings().Map.Attributes);
        SlapdServer.Run(
            "/bin/sh", "-c", string.Create(
                CultureInfo.InvariantCulture,
                $"ldapsearch -x -LLL -H ldap://127.0.0.1:{server.Port} -D '{SlapdServer.Account}' -w '{SlapdServer.Password}' -b '{People}' -E pr={PageSize}/noprompt '(mail=*)' {attributes} >/dev/null"));
        return TimeProvider.System.GetElapsedTime(began);
    }

    private static async Task<TimeSpan> ReadAsync(SlapdServer server, int entries)
    {
        var settings = new LdapSettings
        {
            Host = "127.0.0.1",
            Port = server.Port,
            Encryption = LdapEncryption.Off,
            AllowPlainText = true,
            BindDn = SlapdServer.Account,
            PasswordSecret = "directory",
            Base = People,
            PageSize = PageSize,
        };
        var partner = new Partner(1, "bench", "ldap", JsonSerializer.Serialize(settings, SettingsJson.Options), new SyncRules(), true, 1, 1);
        var kind = new LdapPartners((_, _) => Task.FromResult<string?>(SlapdServer.Password), TimeProvider.System);
        var count = 0;
        var began = TimeProvider.System.GetTimestamp();
        await using var directory = await kind.OpenAsync(partner, CancellationToken.None);
        await directory.ReadAsync("{}", Count, CancellationToken.None);
        var took = TimeProvider.System.GetElapsedTime(began);
        return count == entries ? took : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{count} of {entries} entries were read."));

        ValueTask Count(ReadRecord record)
        {
            count++;
            return ValueTask.CompletedTask;
        }
    }
}
