using Microsoft.AspNetCore.Components;

namespace Postern.Web.Components.Shared;

/// <summary>What the cells of a table show, the same on every page: a stranger's words, an age, an address, a state.</summary>
internal static class Cells
{
    /// <summary>Words, made visible and cut; whole on hover. A quiet dot for none.</summary>
    public static RenderFragment Text(string text) => builder =>
    {
        builder.OpenElement(0, "bdi");
        builder.AddAttribute(1, "title", VisibleText.Of(text, 600));
        builder.AddContent(2, text.Length > 0 ? VisibleText.Of(text) : "·");
        builder.CloseElement();
    };

    /// <summary>Words and numbers of our own.</summary>
    public static RenderFragment Plain(string text) => builder => builder.AddContent(0, text);

    /// <summary>How long ago something was; "never" for nothing.</summary>
    public static RenderFragment Age(DateTimeOffset? at, string suffix = " ago") => at is { } time
        ? Part<Age>((nameof(Shared.Age.At), time), (nameof(Shared.Age.Suffix), suffix))
        : Plain("never");

    /// <summary>An address: the person plain, the rest quiet.</summary>
    public static RenderFragment Address(string address) => Part<AddressText>((nameof(AddressText.Address), address));

    /// <summary>A state: glyph and word.</summary>
    public static RenderFragment State(string css, string icon, string word) =>
        Part<StateLamp>((nameof(StateLamp.Css), css), (nameof(StateLamp.Icon), icon), (nameof(StateLamp.Word), word));

    /// <summary>Any part with its parameters.</summary>
    public static RenderFragment Part<TPart>(params (string Name, object Value)[] parameters)
        where TPart : IComponent => builder =>
    {
        builder.OpenComponent<TPart>(0);
        foreach (var (name, value) in parameters)
        {
            builder.AddComponentParameter(1, name, value);
        }

        builder.CloseComponent();
    };
}
