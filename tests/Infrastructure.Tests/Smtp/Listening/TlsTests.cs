using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class TlsTests
{
    private const string Header = "Message-ID: <1@peer.example>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n";

    [Fact]
    public async Task Takes_mail_under_TLS_and_says_so_in_the_trace()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();
        (await client.SayAsync("STARTTLS")).ShouldBe("220 2.0.0 Ready to start TLS");
        await client.StartTlsAsync();

        (await client.SayAsync("MAIL FROM:<ann@peer.example>")).ShouldStartWith("503 ", Case.Sensitive, "what was said in the clear is forgotten");
        (await client.SayAsync("EHLO client.example")).ShouldNotContain("STARTTLS");
        (await client.SayAsync("STARTTLS")).ShouldBe("503 5.5.1 TLS is already active");
        (await SmtpSessionTests.SendAsync(client, Header + "\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 5000)))).ShouldStartWith("250 ");
        (await client.SayAsync("QUIT")).ShouldStartWith("221 ");

        var accepted = listener.Accepted.ShouldHaveSingleItem();
        accepted.Message.Peer.ShouldStartWith("client.example [127.0.0.1] Tls13 ");
        var text = accepted.Text;
        text.ShouldContain(" with ESMTPS id ");
        text.ShouldContain("(Tls13 TLS_AES");
    }

    [Fact]
    public async Task Bytes_sent_along_with_STARTTLS_end_the_session()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();

        await client.SendAsync("STARTTLS\r\nRSET\r\n");

        (await client.RestAsync()).ShouldBe("554 5.5.1 Nothing may follow STARTTLS before the handshake\n");
    }

    [Fact]
    public async Task Bytes_in_the_clear_after_the_answer_are_no_commands()
    {
        await using var listener = await RunningListener.StartAsync();
        await using var client = await listener.GreetAsync();
        await client.SayAsync("STARTTLS");

        await client.SendAsync("RSET\r\nNOOP\r\nNOOP\r\n");

        (await client.RestAsync()).ShouldNotContain("250");
    }

    [Fact]
    public async Task Where_TLS_is_required_nothing_is_taken_in_the_clear()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { RequireTls = true });
        await using var client = await listener.GreetAsync();

        (await client.SayAsync("MAIL FROM:<ann@peer.example>")).ShouldStartWith("530 5.7.0 ");
        (await client.SayAsync("VRFY jane")).ShouldStartWith("530 5.7.0 ");
        (await client.SayAsync("NOOP")).ShouldStartWith("250 ");
        await client.SayAsync("STARTTLS");
        await client.StartTlsAsync();
        await client.SayAsync("EHLO client.example");

        (await SmtpSessionTests.SendAsync(client, Header + "\r\n")).ShouldStartWith("250 ");
    }

    [Fact]
    public async Task Where_TLS_is_not_offered_it_is_not_known()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { OffersTls = false });
        await using var client = await listener.ConnectAsync();
        await client.ReplyAsync();

        (await client.SayAsync("EHLO client.example")).ShouldNotContain("STARTTLS");
        (await client.SayAsync("STARTTLS")).ShouldStartWith("502 5.5.1 ");
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart_and_a_broken_one_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("postern-tls-").FullName;
        var (certificatePath, keyPath) = (Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
        var first = Write(certificatePath, keyPath, 1);
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { CertificatePath = certificatePath, KeyPath = keyPath });

        (await ShownAsync(listener)).ShouldBe(first);
        var second = Write(certificatePath, keyPath, 2);
        (await ShownAsync(listener)).ShouldBe(second);
        await File.WriteAllTextAsync(certificatePath, "broken");
        File.SetLastWriteTimeUtc(certificatePath, DateTime.UnixEpoch.AddDays(3));
        (await ShownAsync(listener)).ShouldBe(second);
        listener.Listener.CertificateThumbprint.ShouldBe(second);

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_named()
    {
        var fault = await Should.ThrowAsync<ListenerException>(() => RunningListener.StartAsync(new ListenerSettings { CertificatePath = "/nowhere/cert.pem" }));

        fault.Message.ShouldContain("/nowhere/cert.pem");
    }

    private static string Write(string certificatePath, string keyPath, int day)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=mx.site1.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(certificatePath, DateTime.UnixEpoch.AddDays(day));
        File.SetLastWriteTimeUtc(keyPath, DateTime.UnixEpoch.AddDays(day));
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    private static async Task<string> ShownAsync(RunningListener listener)
    {
        await using var client = await listener.GreetAsync();
        await client.SayAsync("STARTTLS");
        var stream = await client.StartTlsAsync();
        return stream.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
