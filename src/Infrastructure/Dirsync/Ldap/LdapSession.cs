using System.DirectoryServices.Protocols;
using System.Net;
using System.Runtime.CompilerServices;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>A conversation with a directory server: signed in, encrypted where that is set, deaf to referrals.</summary>
internal sealed class LdapSession : IDisposable
{
    private readonly LdapSettings settings;
    private readonly LdapConnection connection;
    private readonly string trustedFolder;

    private LdapSession(LdapSettings settings, LdapConnection connection, string trustedFolder, string certificate)
    {
        this.settings = settings;
        this.connection = connection;
        this.trustedFolder = trustedFolder;
        Certificate = certificate;
    }

    /// <summary>What the server's certificate says of itself; empty without encryption.</summary>
    public string Certificate { get; }

    /// <exception cref="PartnerException">The server cannot be reached, shows a wrong certificate or lets nobody in.</exception>
    public static async Task<LdapSession> OpenAsync(LdapSettings settings, string password, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (LdapLibrary.Obstacle is { Length: > 0 } obstacle)
        {
            throw new PartnerException(obstacle);
        }

        var certificate = await LdapServerProbe.KnockAsync(settings, clock, cancellationToken);
        var connection = new LdapConnection(new LdapDirectoryIdentifier(settings.Host, settings.Port)) { Timeout = settings.TimeLimit };
        var trusted = "";
        try
        {
            connection.SessionOptions.ProtocolVersion = 3;
            // Another server's entries are another partner's.
            connection.SessionOptions.ReferralChasing = ReferralChasingOptions.None;
            trusted = settings.Encryption == LdapEncryption.Ldaps ? Encrypt(connection, settings) : "";
            connection.AuthType = settings.BindDn.Length > 0 ? AuthType.Basic : AuthType.Anonymous;
            connection.Credential = settings.BindDn.Length > 0 ? new NetworkCredential(settings.BindDn, password) : null;
            await Task.Run(connection.Bind, cancellationToken);
            return new LdapSession(settings, connection, trusted, certificate);
        }
        catch (Exception e)
        {
            connection.Dispose();
            Forget(trusted);
            if (e is not (LdapException or DirectoryOperationException))
            {
                throw;
            }

            var who = settings.BindDn.Length > 0 ? settings.BindDn : "anybody without a name";
            throw new PartnerException($"{settings.Host} does not let {who} in: {Words(e)}", e);
        }
    }

    /// <summary>Entries page by page; the next page is on its way while one is being used, so that two at most are held.</summary>
    /// <exception cref="PartnerException">The search broke off.</exception>
    public async IAsyncEnumerable<SearchResultEntry> SearchAsync(LdapSearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<LdapPage>? next = PageAsync(search, []);
        try
        {
            while (next is not null)
            {
                var page = await next;
                cancellationToken.ThrowIfCancellationRequested();
                next = page.Next.Length > 0 ? PageAsync(search, page.Next) : null;
                foreach (SearchResultEntry entry in page.Entries)
                {
                    yield return entry;
                }
            }
        }
        finally
        {
            // The connection is closed by nobody while it waits for an answer.
            await ((Task?)next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One entry; null when there is none at that place.</summary>
    public async Task<SearchResultEntry?> FindAsync(string place, IReadOnlyList<string> attributes)
    {
        var (code, words, response) = await SendAsync(new SearchRequest(place, "(objectClass=*)", SearchScope.Base, [.. attributes]));
        return code switch
        {
            ResultCode.Success => ((SearchResponse)response!).Entries is [SearchResultEntry entry, ..] ? entry : null,
            ResultCode.NoSuchObject or ResultCode.InvalidDNSyntax => null,
            _ => throw new PartnerException($"{settings.Host} does not show {place}: {words}"),
        };
    }

    /// <summary>Sends a request that the server may refuse.</summary>
    /// <returns>The server's code, what it said, and its answer when it gave one.</returns>
    /// <exception cref="PartnerException">There is nobody to answer, or nothing more will be answered now.</exception>
    public async Task<(ResultCode Code, string Words, DirectoryResponse? Response)> SendAsync(DirectoryRequest request)
    {
        try
        {
            var response = await Task.Run(() => connection.SendRequest(request));
            return Checked(response.ResultCode, response.ErrorMessage, response);
        }
        catch (DirectoryOperationException e) when (e.Response is not null)
        {
            return Checked(e.Response.ResultCode, Words(e), e.Response);
        }
        catch (DirectoryException e)
        {
            throw new PartnerException($"The conversation with {settings.Host} broke off: {Words(e)}", e);
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        Forget(trustedFolder);
    }

    /// <summary>What the server or the library said, with the code by which its manual can be searched.</summary>
    private static string Words(Exception e) => Storable.Text(e switch
    {
        DirectoryOperationException { Response: { } response } => Words($"{response.ResultCode}", (int)response.ResultCode, response.ErrorMessage),
        LdapException ldap => Words(ldap.Message.TrimEnd('.'), ldap.ErrorCode, ldap.ServerErrorMessage),
        _ => e.Message,
    });

    private static string Words(string name, int code, string? said) =>
        string.IsNullOrWhiteSpace(said) ? $"{name} ({code})." : $"{name} ({code}): {said.Trim().TrimEnd('\0', '.')}.";

    private (ResultCode Code, string Words, DirectoryResponse? Response) Checked(ResultCode code, string words, DirectoryResponse response) => code switch
    {
        ResultCode.Busy or ResultCode.Unavailable => throw new PartnerException($"{settings.Host} does nothing more now: {words}"),
        ResultCode.Referral => throw new PartnerException(
            $"{settings.Host} does not do this itself and refers to {string.Join(", ", (response.Referral ?? []).Select(referral => referral.GetLeftPart(UriPartial.Authority)))}. Name that server in the settings."),
        _ => (code, words, response),
    };

    private async Task<LdapPage> PageAsync(LdapSearch search, byte[] cookie)
    {
        var request = new SearchRequest(search.Base, search.Filter, search.IsOneLevel ? SearchScope.OneLevel : SearchScope.Subtree, [.. search.Attributes])
        {
            TimeLimit = settings.TimeLimit,
        };
        request.Controls.Add(new PageResultRequestControl(settings.PageSize) { Cookie = cookie, IsCritical = true });
        var (code, words, answer) = await SendAsync(request);
        var response = answer as SearchResponse;
        search.Referrals += response?.References.Count ?? 0;
        switch (code)
        {
            case ResultCode.Success:
                var next = response!.Controls.OfType<PageResultResponseControl>().FirstOrDefault()?.Cookie ?? [];
                return new LdapPage(response.Entries, next);
            case ResultCode.SizeLimitExceeded or ResultCode.AdminLimitExceeded or ResultCode.TimeLimitExceeded when response is not null:
                search.Stopped = $"{settings.Host} stopped giving entries of {search.Base}: {words}";
                return new LdapPage(response.Entries, []);
            case ResultCode.NoSuchObject:
                throw new PartnerException($"{settings.Host} has no {search.Base}, or does not show it to {(settings.BindDn.Length > 0 ? settings.BindDn : "nobody in particular")}: {words}");
            default:
                throw new PartnerException($"{settings.Host} does not give the entries of {search.Base}: {words}");
        }
    }

    // The library takes a folder of certificates, and the settings name a file.
    private static string Encrypt(LdapConnection connection, LdapSettings settings)
    {
        var folder = "";
        connection.SessionOptions.SecureSocketLayer = true;
        if (settings.TrustedCertificate.Length > 0)
        {
            folder = Directory.CreateTempSubdirectory("postern-ldap-").FullName;
            File.Copy(settings.TrustedCertificate, Path.Combine(folder, "trusted.pem"));
            connection.SessionOptions.TrustedCertificatesDirectory = folder;
        }

        connection.SessionOptions.StartNewTlsSessionContext();
        return folder;
    }

    private static void Forget(string folder)
    {
        if (folder.Length > 0)
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record LdapPage(SearchResultEntryCollection Entries, byte[] Next);
}

/// <summary>What is searched, and how the search went.</summary>
internal sealed record LdapSearch(string Base, bool IsOneLevel, string Filter, IReadOnlyList<string> Attributes)
{
    /// <summary>Why the server gave less than all; empty when it gave all.</summary>
    public string Stopped { get; set; } = "";

    /// <summary>Parts of the tree that other servers have; they are not followed.</summary>
    public int Referrals { get; set; }
}
