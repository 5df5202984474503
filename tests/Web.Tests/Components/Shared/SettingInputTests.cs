using Microsoft.AspNetCore.Components;
using Postern.Infrastructure.Configuration;
using Postern.Web.Components.Shared;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Shared;

public sealed class SettingInputTests
{
    private readonly List<string> values = [];

    [Theory]
    [InlineData(SettingForm.Text, "x", "y", "y", "INPUT")]
    [InlineData(SettingForm.Number, "1", "2", "2", "INPUT")]
    [InlineData(SettingForm.Time, "90s", "15m", "15m", "INPUT")]
    [InlineData(SettingForm.Lines, "a", "a\r\nb", "a\nb", "TEXTAREA")]
    [InlineData(SettingForm.Choice, "Required", "Offered", "Offered", "SELECT")]
    [InlineData(SettingForm.Flag, "false", true, "true", "INPUT")]
    [InlineData(SettingForm.Flag, "true", false, "false", "INPUT")]
    public async Task Each_form_has_its_field_and_hands_on_what_is_typed(SettingForm form, string value, object typed, string handed, string element)
    {
        using var part = await RenderAsync(form, value, isReadOnly: false);

        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = typed });

        values.ShouldBe([handed]);
        part.Body.QuerySelector("#f-it")!.TagName.ShouldBe(element);
        part.Body.QuerySelector("#f-it")!.GetAttribute("aria-describedby").ShouldBe("f-it-about");
    }

    [Theory]
    [InlineData(SettingForm.Text)]
    [InlineData(SettingForm.Lines)]
    [InlineData(SettingForm.Choice)]
    [InlineData(SettingForm.Flag)]
    public async Task Who_may_only_look_types_nothing(SettingForm form)
    {
        using var part = await RenderAsync(form, "Required", isReadOnly: true);

        var field = part.Body.QuerySelector("#f-it")!;
        (field.HasAttribute("readonly") || field.HasAttribute("disabled")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stored_word_that_is_no_choice_any_more_is_shown_and_not_replaced_by_another()
    {
        using var part = await RenderAsync(SettingForm.Choice, "<i>Sometimes</i>", isReadOnly: false);

        part.Body.QuerySelectorAll("option").Select(option => option.TextContent).ShouldBe(["<i>Sometimes</i>", "none", "Offered", "Required"]);
        part.Body.QuerySelectorAll("option[selected]").ShouldHaveSingleItem().TextContent.ShouldBe("<i>Sometimes</i>");
    }

    private Task<PartRenderer> RenderAsync(SettingForm form, string value, bool isReadOnly) => PartRenderer.RenderAsync<SettingInput>(new Dictionary<string, object?>
    {
        [nameof(SettingInput.Setting)] = new SettingField("it", "General", "It", "", "", "", "", form, form == SettingForm.Choice ? ["", "Offered", "Required"] : []),
        [nameof(SettingInput.Id)] = "f-it",
        [nameof(SettingInput.Value)] = value,
        [nameof(SettingInput.IsReadOnly)] = isReadOnly,
        [nameof(SettingInput.ValueChanged)] = EventCallback.Factory.Create<string>(this, values.Add),
    });
}
