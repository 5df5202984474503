using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Smtp.Sending;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Encryption and sign-in: what must hold before a message is said.</summary>
public sealed class SmtpConnectorTlsTests : IDisposable
{
    private const string Greeting =
        """
        S: 220 mx.example ESMTP
        C: EHLO postern.test
        S: 250-mx.example
        S: 250-AUTH PLAIN LOGIN
        S: 250 STARTTLS

        """;

    private const string StartTls =
        """
        C: STARTTLS
        S: 220 Ready
        ! tls

        """;

    private const string HelloInside =
        """
        C: EHLO postern.test
        S: 250-mx.example
        S: 250-AUTH LOGIN PLAIN
        S: 250 PIPELINING

        """;

    private const string Message =
        """
        C: MAIL FROM:<jane@site1.example>
        C: RCPT TO:<bob@peer.example>
        C: DATA
        S: 250 Ok
        S: 250 Ok
        S: 354 Go on
        C: .content
        S: 250 Ok

        """;

    private const string PlainHello = "S: 220 mx.example\nC: EHLO postern.test\nS: 250-mx.example\nS: 250-AUTH=PLAIN\nS: 250 PIPELINING\n";
    private const string Goodbye = "C: QUIT\nS: 221 Bye\n";

    private static readonly Transfer Mail = Transfers.To("x\r\n", "bob@peer.example");
    private static readonly X509Certificate2 Certificate = MakeCertificate();
    private readonly string pem = Path.GetTempFileName();

    public void Dispose() => File.Delete(pem);

    [Theory]
    [InlineData(ReplayPace.Whole)]
    [InlineData(ReplayPace.ByByte)]
    public async Task Encrypts_when_offered_and_says_that_nobody_verified_the_certificate(ReplayPace pace)
    {
        await using var peer = ReplayPeer.Start(Greeting + StartTls + HelloInside + Message + Goodbye, pace, Certificate);

        var outcome = await DeliverAsync(peer, settings => settings);

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>().Reason.ShouldBe("127.0.0.1 took it over TLS 1.3, certificate not verified.");
        await peer.Finished;
    }

    [Fact]
    public async Task Sends_when_the_required_certificate_is_vouched_for()
    {
        File.WriteAllText(pem, Certificate.ExportCertificatePem());
        await using var peer = ReplayPeer.Start(Greeting + StartTls + HelloInside + Message + Goodbye, certificate: Certificate);

        var outcome = await DeliverAsync(peer, settings => settings with { Tls = SmtpTls.Required, TlsServerName = "mx.example", TrustedAuthorities = pem });

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>().Reason.ShouldBe("127.0.0.1 took it over TLS 1.3.");
        await peer.Finished;
    }

    [Theory]
    [InlineData("mx.example", false)]
    [InlineData("other.example", true)]
    public async Task Sends_nothing_when_the_required_certificate_is_not(string name, bool isTrusted)
    {
        File.WriteAllText(pem, Certificate.ExportCertificatePem());
        await using var peer = ReplayPeer.Start(Greeting + StartTls + "! hang\n", certificate: Certificate);

        var outcome = await DeliverAsync(
            peer, settings => settings with { Tls = SmtpTls.Required, TlsServerName = name, TrustedAuthorities = isTrusted ? pem : "" });

        ShouldBeDown(outcome, "4.7.5").ShouldStartWith("Encryption with 127.0.0.1 failed: ");
    }

    [Theory]
    [InlineData(PlainHello)]
    [InlineData("S: 220 mx.example\nC: EHLO*\nS: 502 No\nC: HELO*\nS: 250 mx.example\n")]
    [InlineData(Greeting + "C: STARTTLS\nS: 454 4.7.0 Not now\n")]
    public async Task Sends_nothing_when_required_encryption_is_not_to_be_had(string script)
    {
        await using var peer = ReplayPeer.Start(script + "! hang\n");

        var outcome = await DeliverAsync(peer, settings => settings with { Tls = SmtpTls.Required });

        ShouldBeDown(outcome, "4.7.4").ShouldContain("STARTTLS");
    }

    [Theory]
    [InlineData(SmtpTls.Opportunistic)]
    [InlineData(SmtpTls.Required)]
    public async Task Refuses_plain_text_slipped_in_before_the_handshake(SmtpTls tls)
    {
        await using var peer = ReplayPeer.Start(Greeting + "C: STARTTLS\nS: 220 Ready\n! plain 250 Injected\n! hang\n");

        var outcome = await DeliverAsync(peer, settings => settings with { Tls = tls });

        ShouldBeDown(outcome, "4.7.5").ShouldBe("127.0.0.1 sent plain text after it had agreed to encryption.");
    }

    [Fact]
    public async Task Goes_on_in_plain_text_after_a_broken_handshake_only_where_that_is_allowed()
    {
        var broken = Greeting + "C: STARTTLS\nS: 220 Ready\n! junk\n! close\n";
        await using var lenient = ReplayPeer.Start(broken + "---\n" + PlainHello + Message + Goodbye);
        await using var strict = ReplayPeer.Start(broken);

        (await DeliverAsync(lenient, settings => settings)).ShouldBeOfType<AttemptOutcome.Delivered>().Reason.ShouldBe("127.0.0.1 took it.");
        ShouldBeDown(await DeliverAsync(strict, settings => settings with { Tls = SmtpTls.Required }), "4.7.5");
        await lenient.Finished;
    }

    [Fact]
    public async Task Does_not_encrypt_when_switched_off()
    {
        await using var peer = ReplayPeer.Start(Greeting.Replace("S: 250 STARTTLS", "S: 250-STARTTLS\nS: 250 PIPELINING", StringComparison.Ordinal) + Message + Goodbye);

        (await DeliverAsync(peer, settings => settings with { Tls = SmtpTls.Off })).ShouldBeOfType<AttemptOutcome.Delivered>();

        await peer.Finished;
    }

    [Theory]
    [InlineData(SmtpAuthMechanism.Plain, "C: AUTH PLAIN AHBvc3Rlcm4Ac2VjcmV0\n")]
    [InlineData(SmtpAuthMechanism.Login, "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: cG9zdGVybg==\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\n")]
    public async Task Signs_in_under_encryption(SmtpAuthMechanism mechanism, string dialogue)
    {
        await using var peer = ReplayPeer.Start(
            Greeting + StartTls + HelloInside + dialogue + "S: 235 2.7.0 Welcome\n" + Message + Goodbye, certificate: Certificate);

        var outcome = await DeliverAsync(peer, settings => SignIn(settings) with { AuthMechanisms = [mechanism] });

        outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        await peer.Finished;
    }

    [Fact]
    public async Task Says_no_password_in_plain_text_unless_told_to()
    {
        await using var careful = ReplayPeer.Start(PlainHello + "! hang\n");
        await using var told = ReplayPeer.Start(PlainHello + "C: AUTH PLAIN AHBvc3Rlcm4Ac2VjcmV0\nS: 235 Ok\n" + Message + Goodbye);

        ShouldBeDown(await DeliverAsync(careful, SignIn), "4.7.11").ShouldContain("does not send its password in plain text");
        (await DeliverAsync(told, settings => SignIn(settings) with { AllowPlainText = true })).ShouldBeOfType<AttemptOutcome.Delivered>();
        await told.Finished;
    }

    [Theory]
    [InlineData("C: AUTH PLAIN*\nS: 535 5.7.8 Wrong password\n", "535 5.7.8 Wrong password")]
    [InlineData("C: AUTH PLAIN*\nS: 454 4.7.0 Directory away\n", "454 4.7.0 Directory away")]
    [InlineData("C: AUTH PLAIN*\nS: 334 More\n", "334 More")]
    public async Task Blames_no_message_when_the_sign_in_fails(string dialogue, string reply)
    {
        await using var peer = ReplayPeer.Start(PlainHello + dialogue + "! hang\n");

        var outcome = await DeliverAsync(peer, settings => SignIn(settings) with { AllowPlainText = true });

        ShouldBeDown(outcome, "4.7.8").ShouldBe("127.0.0.1 does not accept the sign-in of postern.");
        outcome.Reply.ShouldBe(reply);
    }

    [Fact]
    public async Task Sends_nothing_when_no_way_to_sign_in_is_offered()
    {
        await using var peer = ReplayPeer.Start(PlainHello + "! hang\n");

        var outcome = await DeliverAsync(peer, settings => SignIn(settings) with { AllowPlainText = true, AuthMechanisms = [SmtpAuthMechanism.Login] });

        ShouldBeDown(outcome, "4.7.4");
    }

    private static SmtpConnectorSettings SignIn(SmtpConnectorSettings settings) => settings with { UserName = "postern", PasswordSecret = "backbone" };

    private static string ShouldBeDown(AttemptOutcome outcome, string status)
    {
        var deferred = outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        deferred.DestinationDown.ShouldBeTrue();
        deferred.Status.ShouldBe(status);
        return deferred.Reason;
    }

    private static async Task<AttemptOutcome> DeliverAsync(ReplayPeer peer, Func<SmtpConnectorSettings, SmtpConnectorSettings> change)
    {
        await using var connector = Transfers.Connector(peer.Address, change);
        return (await connector.DeliverOneAsync(Mail)).Outcome;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mx.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mx.example");
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
