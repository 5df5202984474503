namespace Postern.Web.Components.Layout;

/// <summary>The operator's choice of light or dark, kept in a cookie so that the first paint already has it.</summary>
public static class ThemeCookie
{
    /// <summary>Name of the cookie; <c>console.js</c> writes it.</summary>
    public const string Name = "postern-theme";

    /// <summary>The chosen theme, or null when the page shall follow the system.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[Name] switch
    {
        "light" => "light",
        "dark" => "dark",
        _ => null,
    };
}
