using Postern.Web.Components.Connectors;

namespace Postern.Web.Tests.Components.Connectors;

public sealed class SettingLinesTests
{
    [Fact]
    public void Settings_are_laid_out_in_words() =>
        SettingLines.Of("""{"smartHosts":["a:25","b"],"allowPlainText":false,"userName":"","Dialect":{"codePage":850},"idle":null}""")
            .ShouldBe(
            [
                new("Smart hosts", "a:25, b"), new("Allow plain text", "no"), new("User name", "none"), new("Dialect, code page", "850"), new("Idle", "none"),
            ]);

    [Fact]
    public void What_looks_like_a_secret_is_hidden_and_the_name_of_one_is_not() =>
        SettingLines.Of("""{"password":"hunter2","passwordSecret":"relay"}""").ShouldBe([new("Password", "hidden"), new("Password secret", "relay")]);

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Nothing_set_is_nothing_to_show(string json) => SettingLines.Of(json).ShouldBeEmpty();

    [Fact]
    public void Text_that_is_no_json_is_said_to_be_none() => SettingLines.Of("{oops").ShouldHaveSingleItem().Value.ShouldContain("not JSON");
}
