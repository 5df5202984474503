using System.Text.Json;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

public sealed class SmtpConnectorSettingsTests
{
    [Fact]
    public void Survives_json()
    {
        var settings = new SmtpConnectorSettings
        {
            SmartHosts = ["mx1.example", "[::1]:2525"],
            Tls = SmtpTls.Required,
            AuthMechanisms = [SmtpAuthMechanism.Login],
            Timeouts = new SmtpTimeouts { Connect = TimeSpan.FromSeconds(7) },
            FirstRetry = TimeSpan.FromSeconds(5),
        };

        var json = JsonSerializer.Serialize(settings, JsonSerializerOptions.Web);
        var back = JsonSerializer.Deserialize<SmtpConnectorSettings>(json, JsonSerializerOptions.Web)!;

        json.ShouldContain("\"tls\":\"Required\"");
        json.ShouldNotContain("\"retry\"");
        JsonSerializer.Serialize(back, JsonSerializerOptions.Web).ShouldBe(json);
        back.SmartHosts.ShouldBe(settings.SmartHosts);
        (back.Tls, back.Timeouts, back.FirstRetry).ShouldBe((settings.Tls, settings.Timeouts, settings.FirstRetry));
        back.Faults().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("mx.example", "mx.example", 25)]
    [InlineData("mx.example:587", "mx.example", 587)]
    [InlineData("10.0.0.1:26", "10.0.0.1", 26)]
    [InlineData("[::1]", "::1", 25)]
    [InlineData("[::1]:26", "::1", 26)]
    [InlineData("::1", "::1", 25)]
    public void Reads_smart_hosts(string text, string name, int port)
    {
        SmartHost.TryParse(text, 25, out var host, out _).ShouldBeTrue();

        (host.Name, host.Port).ShouldBe((name, port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mx.example:")]
    [InlineData("mx.example:0")]
    [InlineData("mx.example:70000")]
    [InlineData("mx.example:smtp")]
    [InlineData("two words")]
    [InlineData("[::1]x")]
    public void Names_the_smart_host_that_is_wrong(string text)
    {
        var faults = new SmtpConnectorSettings { SmartHosts = [text] }.Faults();

        faults.ShouldHaveSingleItem().ShouldContain(text);
    }

    [Fact]
    public void Collects_every_fault()
    {
        var settings = new SmtpConnectorSettings
        {
            Connections = 0,
            UserName = "postern",
            TrustedAuthorities = "/does/not/exist.pem",
            Expiry = TimeSpan.FromSeconds(1),
            HeloName = "two words",
            Timeouts = new SmtpTimeouts { Mail = TimeSpan.Zero },
        };

        settings.Faults().Count.ShouldBe(7);
    }
}
