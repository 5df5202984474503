using System.Net;
using System.Text.Json;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class ListenerSettingsTests
{
    [Fact]
    public void Defaults_are_usable_and_survive_JSON()
    {
        var settings = new ListenerSettings { RelayNetworks = ["10.1.0.0/16"], HostName = "mx.site1.example" };

        var back = JsonSerializer.Deserialize<ListenerSettings>(JsonSerializer.Serialize(settings))!;

        back.Faults().ShouldBeEmpty();
        JsonSerializer.Serialize(back).ShouldBe(JsonSerializer.Serialize(settings));
        new ListenerSettings().Faults().ShouldBeEmpty();
    }

    [Fact]
    public void Every_bad_value_is_named_at_once()
    {
        var settings = new ListenerSettings
        {
            Host = "not a host",
            Port = 70_000,
            RelayNetworks = ["0.0.0.0/0"],
            HostName = "a b",
            MaxRecipients = 5,
            OffersTls = false,
            RequireTls = true,
            KeyPath = "k",
        };

        var faults = settings.Faults();

        faults.Count.ShouldBe(7);
        faults.ShouldContain(fault => fault.Contains("open relay", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.200.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.128/25", "::ffff:192.0.2.129", true)]
    [InlineData("fd00:1::/32", "fd00:1:2::3", true)]
    [InlineData("fd00:1::/32", "fd00:2::3", false)]
    public void A_network_holds_its_clients_and_no_others(string network, string client, bool isIn)
    {
        var faults = new List<string>();

        var set = RelayNetworkSet.Read(new ListenerSettings { RelaysLoopback = false, RelayNetworks = [network] }, faults);

        faults.ShouldBeEmpty();
        set.Contains(IPAddress.Parse(client)).ShouldBe(isIn);
        set.Contains(IPAddress.Loopback).ShouldBeFalse();
    }

    [Theory]
    [InlineData("10.0.0.1/8", "10.0.0.0/8")]
    [InlineData("10", "not an IP address")]
    [InlineData("10.0.0.0/33", "0 to 32")]
    [InlineData("10.0.0.0/", "0 to 32")]
    [InlineData("::/0", "open relay")]
    [InlineData("128.0.0.0/1", "open relay")]
    [InlineData("", "not an IP address")]
    public void A_network_that_cannot_be_meant_is_explained(string network, string words)
    {
        RelayNetworkSet.TryParse(network, out _, out var fault).ShouldBeFalse();

        fault.ShouldContain(words);
    }

    [Fact]
    public void Loopback_relays_by_default_and_nobody_else()
    {
        var set = RelayNetworkSet.Read(new ListenerSettings(), []);

        set.Contains(IPAddress.Parse("127.3.2.1")).ShouldBeTrue();
        set.Contains(IPAddress.IPv6Loopback).ShouldBeTrue();
        set.Contains(IPAddress.Parse("192.168.0.1")).ShouldBeFalse();
    }
}
