namespace Postern.Domain.Mime;

/// <summary>The parameters of a Content-Type or Content-Disposition, decoded and joined (RFC 2045, RFC 2231). Names are compared
/// without case; of a repeated one the first counts.</summary>
public sealed class ParameterList
{
    private readonly List<KeyValuePair<string, string>> items;

    internal ParameterList(List<KeyValuePair<string, string>> items, MimeFaults faults)
    {
        this.items = items;
        Faults = faults;
    }

    public static ParameterList Empty { get; } = new([], MimeFaults.None);

    public IReadOnlyList<KeyValuePair<string, string>> Items => items;

    public MimeFaults Faults { get; }

    /// <summary>The value, or null when there is no such parameter.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in items)
            {
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            return null;
        }
    }
}
