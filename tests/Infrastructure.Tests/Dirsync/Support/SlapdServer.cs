using System.Diagnostics;
using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>A real OpenLDAP with a folder of its own on free loopback ports, with and without TLS; it goes with the test.</summary>
/// <remarks>Knows, beside the schema of every LDAP server, the attributes by which Active Directory and Exchange 5.5 say the same.</remarks>
public sealed class SlapdServer : IAsyncDisposable
{
    public const string Suffix = "dc=site1,dc=example";
    public const string Administrator = $"cn=admin,{Suffix}";

    /// <summary>May read everything, and write below containers.</summary>
    public const string Account = $"cn=postern,{Suffix}";

    /// <summary>May read, and gets a hundred entries at most.</summary>
    public const string LimitedAccount = $"cn=limited,{Suffix}";

    public const string Password = "open sesame";

    private const string Schema =
        """
        attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'objectGUID' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'whenChanged' EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'proxyAddresses' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
        attributetype ( 1.3.6.1.4.1.99999.1.4 NAME 'targetAddress' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.5 NAME 'msExchHideFromAddressLists' EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.6 NAME 'mailNickname' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.7 NAME 'company' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.8 NAME 'department' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{64} SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.9 NAME 'extensionAttribute1' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.10 NAME 'extension-attribute-1' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.11 NAME 'hide-from-address-book' EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
        attributetype ( 1.3.6.1.4.1.99999.1.12 NAME 'rdn' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
        objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'contact' SUP organizationalPerson STRUCTURAL MAY ( objectGUID $ whenChanged $ displayName $ mail $ proxyAddresses $ targetAddress $
          msExchHideFromAddressLists $ mailNickname $ givenName $ initials $ department $ company $ info $ extensionAttribute1 ) )
        objectclass ( 1.3.6.1.4.1.99999.2.2 NAME 'remote-address' SUP organizationalPerson STRUCTURAL MAY ( objectGUID $ whenChanged $ mail $ otherMailbox $ targetAddress $
          hide-from-address-book $ uid $ givenName $ initials $ department $ company $ info $ extension-attribute-1 $ rdn ) )

        """;

    private readonly string folder;
    private Process? process;

    private SlapdServer(string folder, int port, int securePort)
    {
        this.folder = folder;
        Port = port;
        SecurePort = securePort;
    }

    public int Port { get; }

    public int SecurePort { get; }

    /// <summary>Its configuration, for slapadd.</summary>
    public string Config => Path.Combine(folder, "slapd.conf");

    /// <summary>A PEM file with what signed its certificate.</summary>
    public string Authority => Path.Combine(folder, "authority.pem");

    /// <summary>Why it cannot run here; empty when it can. For <c>Assert.SkipWhen</c>.</summary>
    public static string Obstacle => File.Exists("/usr/sbin/slapd") ? "" : "slapd is not installed.";

    /// <summary>Makes its folder and configuration and starts it.</summary>
    /// <param name="entries">LDIF that stands in it from the start, below the suffix.</param>
    /// <param name="certifiedUntil">When its certificate ends; a day from now when it is not said.</param>
    public static async Task<SlapdServer> StartAsync(Action<TextWriter>? entries = null, DateTimeOffset? certifiedUntil = null)
    {
        var server = Prepare(certifiedUntil);
        server.Load(writer =>
        {
            WriteBeginning(writer);
            entries?.Invoke(writer);
        });
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>A folder with a configuration and an empty database; nothing runs.</summary>
    public static SlapdServer Prepare(DateTimeOffset? certifiedUntil = null)
    {
        var folder = Path.Combine(Path.GetTempPath(), "postern-slapd", Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(Path.Combine(folder, "database"));
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var two = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        two.Start();
        var server = new SlapdServer(folder, ((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)two.LocalEndpoint).Port);
        server.Certify(certifiedUntil ?? TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(Path.Combine(folder, "more.schema"), Schema);
        File.WriteAllText(server.Config, server.Settings());
        return server;
    }

    /// <summary>The suffix and the accounts, as LDIF.</summary>
    public static void WriteBeginning(TextWriter writer)
    {
        writer.Write($"dn: {Suffix}\nobjectClass: domain\ndc: site1\n\n");
        foreach (var name in (string[])["postern", "limited", "reader"])
        {
            writer.Write($"dn: cn={name},{Suffix}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: {name}\nuserPassword: {Password}\n\n");
        }
    }

    /// <summary>Puts LDIF into the database while nothing runs, with slapadd; returns how long that took.</summary>
    public TimeSpan Load(Action<TextWriter> entries)
    {
        var file = Path.Combine(folder, "entries.ldif");
        using (var writer = new StreamWriter(file))
        {
            entries(writer);
        }

        var began = TimeProvider.System.GetTimestamp();
        Run("/usr/sbin/slapadd", "-q", "-f", Config, "-l", file);
        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Starts it, or starts it again after it was killed.</summary>
    public async Task StartAgainAsync()
    {
        var addresses = string.Create(CultureInfo.InvariantCulture, $"ldap://127.0.0.1:{Port}/ ldaps://127.0.0.1:{SecurePort}/");
        process = Process.Start(new ProcessStartInfo("/usr/sbin/slapd", ["-f", Config, "-h", addresses, "-d", "0"]) { WorkingDirectory = "/", RedirectStandardError = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, SecurePort, limit.Token);
                return;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill()
    {
        process!.Kill();
        process.WaitForExit();
    }

    /// <summary>A conversation as the administrator, for what a test puts in and looks at.</summary>
    public LdapConnection Open()
    {
        var connection = new LdapConnection(new LdapDirectoryIdentifier("127.0.0.1", Port), new NetworkCredential(Administrator, Password), AuthType.Basic);
        connection.SessionOptions.ProtocolVersion = 3;
        connection.Bind();
        return connection;
    }

    public ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            Kill();
        }

        process?.Dispose();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs a program to its end; returns what it printed.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = run.StandardError.ReadToEndAsync();
        var output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return run.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {run.ExitCode}: {error.GetAwaiter().GetResult()}");
    }

    private string Settings() =>
        $"""
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        include {folder}/more.schema
        pidfile {folder}/slapd.pid
        modulepath /usr/lib/ldap
        moduleload back_mdb
        TLSCACertificateFile {Authority}
        TLSCertificateFile {folder}/server.pem
        TLSCertificateKeyFile {folder}/server.key
        database mdb
        suffix "{Suffix}"
        rootdn "{Administrator}"
        rootpw "{Password}"
        directory {folder}/database
        maxsize 4294967296
        dbnosync
        index objectClass eq
        index entryUUID eq
        index mail eq,pres
        index modifyTimestamp eq
        sizelimit unlimited
        limits dn.exact="{LimitedAccount}" size.soft=100 size.hard=100 size.pr=50 size.prtotal=100
        access to attrs=userPassword by anonymous auth by * none
        access to dn.subtree="ou=Closed,{Suffix}" by * none
        access to * by dn.exact="{Account}" write by users read by anonymous auth

        """;

    private void Certify(DateTimeOffset until)
    {
        var from = until.AddDays(-30);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Authority of the test", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(from, until.AddYears(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=directory of the test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, until, [1, 2, 3, 4]);
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
