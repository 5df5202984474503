using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>The certificate a listener shows after STARTTLS: from PEM files, or made in memory when none are named.</summary>
/// <remarks>
/// Files are read again when they change, so a renewal needs no restart; while the new ones cannot be read the old certificate stays.
/// A self-signed one gives opportunistic encryption, which is all that mail servers ask of each other unless told more.
/// </remarks>
public sealed class ListenerCertificate
{
    private readonly Lock renewal = new();
    private readonly string certificatePath;
    private readonly string keyPath;
    private DateTime writtenAt;
    private Loaded current;

    private ListenerCertificate(string certificatePath, string keyPath, Loaded current, DateTime writtenAt)
    {
        this.certificatePath = certificatePath;
        this.keyPath = keyPath;
        this.current = current;
        this.writtenAt = writtenAt;
    }

    /// <summary>SHA-256 of the certificate in use, in hexadecimal.</summary>
    public string Thumbprint => current.Thumbprint;

    /// <summary>Reads or makes the certificate; false with a sentence when the files cannot be used.</summary>
    public static bool TryLoad(
        ListenerSettings settings, string hostName, TimeProvider clock, out ListenerCertificate? certificate, out string fault)
    {
        certificate = null;
        var keyPath = settings.KeyPath.Length > 0 ? settings.KeyPath : settings.CertificatePath;
        var writtenAt = WrittenAt(settings.CertificatePath, keyPath);
        Loaded? loaded;
        if (settings.CertificatePath.Length == 0)
        {
            loaded = MakeSelfSigned(hostName, clock.GetUtcNow());
            fault = "";
        }
        else if (!TryRead(settings.CertificatePath, keyPath, out loaded, out fault))
        {
            return false;
        }

        certificate = new ListenerCertificate(settings.CertificatePath, keyPath, loaded!, writtenAt);
        return true;
    }

    /// <summary>What the next handshake uses.</summary>
    internal SslServerAuthenticationOptions Options(ILogger logger)
    {
        if (certificatePath.Length > 0)
        {
            ReadAgainWhenChanged(logger);
        }

        return new SslServerAuthenticationOptions { ServerCertificateContext = current.Context, ClientCertificateRequired = false };
    }

    private void ReadAgainWhenChanged(ILogger logger)
    {
        lock (renewal)
        {
            var now = WrittenAt(certificatePath, keyPath);
            if (now == writtenAt)
            {
                return;
            }

            writtenAt = now;
            if (TryRead(certificatePath, keyPath, out var renewed, out var fault))
            {
                // The old certificate is left to the collector: handshakes that began with it still need it.
                current = renewed!;
                ListenerLog.CertificateRenewed(logger, current.Thumbprint);
            }
            else
            {
                ListenerLog.CertificateUnreadable(logger, fault);
            }
        }
    }

    private static DateTime WrittenAt(string certificatePath, string keyPath)
    {
        if (certificatePath.Length == 0)
        {
            return DateTime.MinValue;
        }

        var (certificate, key) = (File.GetLastWriteTimeUtc(certificatePath), File.GetLastWriteTimeUtc(keyPath));
        return certificate > key ? certificate : key;
    }

    private static bool TryRead(string certificatePath, string keyPath, out Loaded? loaded, out string fault)
    {
        loaded = null;
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificatePath);
            chain.Remove(certificate);
            loaded = new Loaded(certificate, chain);
            fault = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            fault = $"The certificate {certificatePath} with the key {keyPath} cannot be used: {e.Message}";
            return false;
        }
    }

    private static Loaded MakeSelfSigned(string hostName, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(hostName.Length > 64 ? hostName[..64] : hostName);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return new Loaded(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10)), []);
    }

    private sealed class Loaded(X509Certificate2 certificate, X509Certificate2Collection others)
    {
        public string Thumbprint { get; } = certificate.GetCertHashString(HashAlgorithmName.SHA256);

        // Offline: a handshake never waits for somebody's revocation server.
        public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(certificate, others, offline: true);
    }
}
