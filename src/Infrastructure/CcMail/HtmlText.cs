using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Postern.Infrastructure.CcMail;

/// <summary>The text of an HTML message for mailboxes that know none: words and line breaks, addresses of links, marks of lists.</summary>
/// <remarks>Nothing is fetched or run; what the page hides stays hidden.</remarks>
public static class HtmlText
{
    private const int DeepestNesting = 200;
    private const int LongestInput = 4 * 1024 * 1024;

    public static string Of(string html)
    {
        var parser = new HtmlParser();
        using var document = parser.ParseDocument(html.Length <= LongestInput ? html : html[..LongestInput]);
        var text = new StringBuilder(html.Length / 2);
        Append(text, document.Body as INode ?? document, 0, isPreformatted: false);
        return Tidy(text.ToString());
    }

    private static void Append(StringBuilder text, INode node, int depth, bool isPreformatted)
    {
        if (depth > DeepestNesting)
        {
            text.Append(node.TextContent);
            return;
        }

        foreach (var child in node.ChildNodes)
        {
            switch (child)
            {
                case IText words:
                    AppendWords(text, words.Data, isPreformatted);
                    break;
                case IElement element when element.LocalName is not ("script" or "style" or "head" or "title" or "template"):
                    AppendElement(text, element, depth, isPreformatted);
                    break;
            }
        }
    }

    private static void AppendElement(StringBuilder text, IElement element, int depth, bool isPreformatted)
    {
        switch (element.LocalName)
        {
            case "br":
                text.Append('\n');
                return;
            case "hr":
                StartLine(text);
                text.Append("----------\n");
                return;
            case "img":
                text.Append(element.GetAttribute("alt") is { Length: > 0 } alt ? $"[{alt}]" : "");
                return;
            case "li":
                StartLine(text);
                text.Append("* ");
                break;
            case "td" or "th":
                text.Append(text.Length > 0 && text[^1] is not ('\n' or ' ') ? " " : "");
                break;
            case "p" or "div" or "tr" or "table" or "ul" or "ol" or "blockquote" or "pre" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                StartLine(text);
                break;
        }

        Append(text, element, depth + 1, isPreformatted || element.LocalName == "pre");
        if (element is IHtmlAnchorElement link && link.GetAttribute("href") is { } target && IsWorthShowing(target, link.TextContent))
        {
            text.Append(" <").Append(target).Append('>');
        }

        if (element.LocalName is "p" or "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "blockquote")
        {
            StartLine(text);
            text.Append('\n');
        }
        else if (element.LocalName is "div" or "tr" or "li" or "pre" or "table" or "ul" or "ol")
        {
            StartLine(text);
        }
    }

    private static bool IsWorthShowing(string target, string shown) =>
        (target.StartsWith("http:", StringComparison.OrdinalIgnoreCase) || target.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            || target.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
        && !target.EndsWith(shown.Trim(), StringComparison.OrdinalIgnoreCase);

    private static void AppendWords(StringBuilder text, string words, bool isPreformatted)
    {
        foreach (var c in words)
        {
            if (isPreformatted || !char.IsWhiteSpace(c) || c == '\u00a0')
            {
                text.Append(c == '\u00a0' ? ' ' : c);
            }
            else if (text.Length > 0 && !char.IsWhiteSpace(text[^1]))
            {
                text.Append(' ');
            }
        }
    }

    private static void StartLine(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }
    }

    private static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        var blanks = 0;
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.TrimEnd();
            blanks = trimmed.Length == 0 ? blanks + 1 : 0;
            if (blanks <= 1)
            {
                tidy.Append(trimmed).Append('\n');
            }
        }

        return tidy.ToString().Trim('\n') + "\n";
    }
}
