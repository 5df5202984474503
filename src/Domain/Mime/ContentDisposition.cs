namespace Postern.Domain.Mime;

/// <summary>How a part wants to be shown (RFC 2183).</summary>
public enum DispositionKind
{
    /// <summary>The part does not say.</summary>
    Unstated,
    Inline,

    /// <summary>An attachment; also every kind that is unknown (RFC 2183, 2.8).</summary>
    Attachment,
}

/// <summary>The Content-Disposition of a part with its parameters.</summary>
public sealed record ContentDisposition(DispositionKind Kind, ParameterList Parameters)
{
    public static ContentDisposition Unstated { get; } = new(DispositionKind.Unstated, ParameterList.Empty);

    /// <summary>Reads the unfolded value of a Content-Disposition field.</summary>
    public static ContentDisposition Parse(string value, out MimeFaults faults)
    {
        var end = value.IndexOf(';', StringComparison.Ordinal);
        var kind = (end < 0 ? value : value[..end]).Trim();
        var parameters = end < 0 ? ParameterList.Empty : ParameterReader.Read(value.AsSpan(end));
        faults = parameters.Faults;
        return new ContentDisposition(
            kind.Equals("inline", StringComparison.OrdinalIgnoreCase) ? DispositionKind.Inline
                : kind.Length == 0 ? DispositionKind.Unstated
                : DispositionKind.Attachment,
            parameters);
    }
}
