using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>Knocks at a directory server before the LDAP library does, which says of every failure only that the server is unavailable.</summary>
internal static class LdapServerProbe
{
    /// <summary>Returns when the server accepts a connection, and with TLS when its certificate is good.</summary>
    /// <returns>What the certificate says of itself; empty without encryption.</returns>
    /// <exception cref="PartnerException">It does not; the message says why.</exception>
    public static async Task<string> KnockAsync(LdapSettings settings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var where = $"{settings.Host} port {settings.Port}";
        using var limit = new CancellationTokenSource(settings.ConnectTimeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(settings.Host, settings.Port, both.Token);
            return settings.Encryption == LdapEncryption.Ldaps ? await HandshakeAsync(client, settings, where, both.Token) : "";
        }
        catch (SocketException e)
        {
            throw new PartnerException($"{where} cannot be reached: {e.Message}.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PartnerException($"{where} did not answer within {settings.ConnectTimeLimit.TotalSeconds:0.#} seconds.", e);
        }
    }

    private static async Task<string> HandshakeAsync(TcpClient client, LdapSettings settings, string where, CancellationToken cancellationToken)
    {
        var (fault, shown) = ("", "");
        var trusted = Trusted(settings);
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: true);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = settings.Host,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                using var own = certificate is null ? null : new X509Certificate2(certificate);
                shown = own is null ? "" : $"{own.Subject}, good until {own.NotAfter.ToUniversalTime():yyyy-MM-dd}";
                fault = own is null ? "It shows no certificate." : FaultOf(own, chain, errors, trusted, settings.Host);
                return fault.Length == 0;
            },
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken);
            return shown;
        }
        catch (AuthenticationException e)
        {
            throw new PartnerException(fault.Length > 0 ? $"The certificate of {where} ({shown}) is refused: {fault}" : $"{where} cannot speak TLS with us: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new PartnerException($"{where} does not speak TLS: {e.Message} Port 389 usually is the one without encryption.", e);
        }
        finally
        {
            foreach (var authority in trusted)
            {
                authority.Dispose();
            }
        }
    }

    private static X509Certificate2Collection Trusted(LdapSettings settings)
    {
        var trusted = new X509Certificate2Collection();
        try
        {
            if (settings.TrustedCertificate.Length > 0)
            {
                trusted.ImportFromPemFile(settings.TrustedCertificate);
            }

            return trusted;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new PartnerException($"The trusted certificate {settings.TrustedCertificate} cannot be read: {e.Message}", e);
        }
    }

    private static string FaultOf(X509Certificate2 certificate, X509Chain? shown, SslPolicyErrors errors, X509Certificate2Collection trusted, string host)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"It is made out to another name than {host}.";
        }

        if (!errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            return "";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(shown?.ChainPolicy.ExtraStore ?? []);
        return chain.Build(certificate) ? ""
            : chain.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid) ? "It is not valid today."
            : chain.ChainStatus.Any(status => status.Status is X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.PartialChain) ? "Nobody we trust has signed it. Put the authority into the trusted certificate."
            : string.Join(' ', chain.ChainStatus.Select(status => status.StatusInformation));
    }
}
