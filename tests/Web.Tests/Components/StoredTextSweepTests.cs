using Postern.Web.Components.Connectors;
using Postern.Web.Components.Messages;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Web.Tests.Components;

/// <summary>Whatever JSON the database holds, a page shows what it can of it.</summary>
public sealed class StoredTextSweepTests
{
    private static readonly string[] Tokens = ["{", "}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "null", "1e999", ":", ",", "\"what\":", "\"secret\":", "\0", "\ud83d"];

    [Fact]
    public void What_was_lost_on_the_way_is_read() => Text(
        ["""[{"what":"name shortened","before":"a long name.pdf","after":"ALONGNAM.PDF"},{"what":"color lost"}]""", """[{"WHAT":"\u00e4"},[],7]"""],
        Tokens,
        text => Demand(LossLines.Read(text).All(line => line.What.Length > 0), "a loss says what was lost"));

    [Fact]
    public void The_settings_of_a_connector_are_read() => Text(
        ["""{"folder":"/srv/sales","dialect":{"size":"A","codePage":850},"hosts":["a","b"],"on":true,"none":null}""", """{"password":{"secret":"relay"}}"""],
        Tokens,
        text => Demand(SettingLines.Of(text).Count <= 100, "lines are bounded"));
}
