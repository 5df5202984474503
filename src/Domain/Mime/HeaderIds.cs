namespace Postern.Domain.Mime;

/// <summary>Message-IDs as they are stored and compared: without brackets.</summary>
public static class HeaderIds
{
    /// <summary>The id alone.</summary>
    public static string Bare(string id) => id.Trim().Trim('<', '>').Trim();

    /// <summary>The first id of a field such as In-Reply-To; empty when it holds none.</summary>
    public static string First(string text)
    {
        var start = text.IndexOf('<', StringComparison.Ordinal);
        var end = start < 0 ? -1 : text.IndexOf('>', start);
        return end > start + 1 ? text[(start + 1)..end].Trim() : "";
    }

    /// <summary>The last id of a field such as References, which names the direct parent; empty when it holds none.</summary>
    public static string Last(string text)
    {
        var end = text.LastIndexOf('>');
        var start = end < 0 ? -1 : text.LastIndexOf('<', end);
        return start >= 0 && end > start + 1 ? text[(start + 1)..end].Trim() : "";
    }
}
