using System.Net;

namespace Postern.Web.Components.Shared;

/// <summary>The document of the closed frame in which a message is read. Nothing in it may run, load or lead anywhere.</summary>
/// <remarks>
/// The frame has <c>sandbox=""</c>: no script, no form, no navigation of the window, an origin of its own. The policy in the
/// document forbids every request on top of that. Both hold for text too, which is encoded besides.
/// </remarks>
public static class PreviewDocument
{
    private const string Policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">";

    private const string Fonts = "'Segoe UI',-apple-system,Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif";

    /// <summary>Plain text: follows light and dark, wraps, keeps its line ends.</summary>
    /// <remarks>The colours are those of surface and text in tokens.css; a sandboxed document cannot load the sheet.</remarks>
    public static string OfText(string text) =>
        "<!doctype html><html lang=\"\"><head><meta charset=\"utf-8\">" + Policy
        + "<meta name=\"color-scheme\" content=\"light dark\"><style>"
        + $"body{{font:14px/1.55 {Fonts};margin:14px 16px;color:light-dark(#151a18,#e7ecea);background:light-dark(#ffffff,#131817)}}"
        + "pre{font:inherit;margin:0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}</style></head>"
        + $"<body><pre>{WebUtility.HtmlEncode(text)}</pre></body></html>";

    /// <summary>A message's own HTML, on white. Our head comes first, so the policy is in force before anything of the message is read.</summary>
    public static string OfHtml(string html) =>
        "<!doctype html><html><head><meta charset=\"utf-8\">" + Policy
        + "<meta name=\"color-scheme\" content=\"only light\"><style>"
        + $"body{{font:14px/1.5 {Fonts};margin:14px 16px;color:#151a18;background:#ffffff;overflow-wrap:anywhere}}img{{max-width:100%}}a{{pointer-events:none}}</style></head>"
        + $"<body>{html}</body></html>";
}
