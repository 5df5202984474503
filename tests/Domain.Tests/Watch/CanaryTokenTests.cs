using System.Security.Cryptography;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Domain.Watch;

namespace Postern.Domain.Tests.Watch;

public sealed class CanaryTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
    private static readonly string Token = CanaryToken.Of(Key, [1, 2, 3, 4, 5]);

    [Theory]
    [InlineData("{0}@site1.example")]
    [InlineData("CCMAIL:{0} at SITE1")]
    public void A_name_is_known_in_either_system_and_in_any_case(string form)
    {
        CanaryToken.TryRead(Key, MailAddress.Parse(string.Format(form, Token)), out var token).ShouldBeTrue();
        CanaryToken.TryRead(Key, MailAddress.Parse(string.Format(form, Token.ToUpperInvariant())), out var shouted).ShouldBeTrue();

        (token, shouted, token.Length).ShouldBe((Token, Token, CanaryToken.Length));
    }

    [Fact]
    public void Nobody_makes_one_without_the_key()
    {
        CanaryToken.TryRead(RandomNumberGenerator.GetBytes(32), MailAddress.Parse($"{Token}@site1.example"), out _).ShouldBeFalse();
        CanaryToken.TryRead([], MailAddress.Parse($"{Token}@site1.example"), out _).ShouldBeFalse();
        for (var i = CanaryToken.Prefix.Length; i < Token.Length; i++)
        {
            var other = $"{Token[..i]}{(Token[i] == 'a' ? 'b' : 'a')}{Token[(i + 1)..]}";
            CanaryToken.TryRead(Key, MailAddress.Parse($"{other}@site1.example"), out _).ShouldBeFalse(other);
        }
    }

    [Theory]
    [InlineData("canary-@site1.example")]
    [InlineData("jane@site1.example")]
    [InlineData("CCMAIL:Canary at SITE1")]
    [InlineData("MS:NET/PO/CANARY")]
    public void Other_names_are_left_alone(string address) => CanaryToken.TryRead(Key, MailAddress.Parse(address), out _).ShouldBeFalse();

    [Fact]
    public void Routing_takes_what_answers_a_canary_and_refuses_what_pretends_to()
    {
        var table = new RoutingTable(1, [new Site("SITE1", ["site1.example"], "SITE1", "", "")], [], [], [], Postern.Domain.Directory.AddressBook.Empty) { CanaryKey = Key };

        var routed = table.Resolve(MailAddress.Parse($"{Token}@site1.example")).ShouldBeOfType<RouteDecision.Routed>();
        (routed.Connector, routed.IsOurs).ShouldBe((RoutingTable.Canaries, true));
        table.Resolve(MailAddress.Parse($"CCMAIL:{Token} at SITE1"), "sales").ShouldBeOfType<RouteDecision.Routed>().Connector.ShouldBe(RoutingTable.Canaries);
        table.Resolve(MailAddress.Parse($"{Token[..^1]}x@site1.example")).ShouldBeOfType<RouteDecision.Unroutable>().Status.ShouldBe("5.1.1");
        table.Resolve(MailAddress.Parse($"{Token}@elsewhere.example")).ShouldBeOfType<RouteDecision.Unroutable>();
    }
}
