namespace Postern.Domain.Mime;

/// <summary>Makes a name from a peer fit to be shown and stored: the last part of a path, no control characters, bounded.
/// It is still never to be used as a path.</summary>
public static class FileNames
{
    public const int MaximumLength = 255;

    /// <summary>Null when nothing of the name is left.</summary>
    public static string? Clean(string? name)
    {
        if (name is null)
        {
            return null;
        }

        var last = name.AsSpan().LastIndexOfAny('/', '\\');
        var clean = StorableText.Clean(name[(last + 1)..], 4_096).Trim();
        if (clean.Length == 0 || clean.AsSpan().Trim('.').IsEmpty)
        {
            return null;
        }

        return clean.Length <= MaximumLength ? clean : Cut(clean, MaximumLength);
    }

    /// <summary>Cuts the name but keeps its extension, by which old systems choose the program.</summary>
    internal static string Cut(string name, int length)
    {
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && name.Length - dot <= 16 ? name[dot..] : "";
        return StorableText.Clean(name[..(name.Length - extension.Length)], length - extension.Length) + extension;
    }
}
