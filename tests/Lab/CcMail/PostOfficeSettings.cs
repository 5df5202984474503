using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>What the administrator of the lab post office chose, from <c>settings.txt</c>: lines <c>key = value</c>, # is a comment.</summary>
internal sealed class PostOfficeSettings
{
    private static readonly string[] KnownKeys =
    [
        "name", "password", "code page", "size model", "import version", "header limit", "recipient limit", "date order",
        "export limit", "empty export", "und layout", "directory deletes",
    ];

    private readonly Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);

    public string Name => Value("name", "SALES");

    public string Password => Value("password", "");

    public OemText Oem => OemText.For(Value("code page", "850"));

    /// <summary>A or B; what EXPORT writes. IMPORT takes both.</summary>
    public char SizeModel => Value("size model", "A").Equals("B", StringComparison.OrdinalIgnoreCase) ? 'B' : 'A';

    /// <summary>Import 8.x hangs on brackets in addresses (Q232687), 8.3 on a bracket pair in the subject (Q234350).</summary>
    public Version ImportVersion => Version.TryParse(Value("import version", "8.3"), out var version)
        ? version
        : throw new MisuseException("settings.txt: import version is not a version");

    /// <summary>Bytes of header that IMPORT takes: 4,096, later 163,840 (Q266711).</summary>
    public int HeaderLimit => Number("header limit", 4096);

    public int RecipientLimit => Number("recipient limit", 200);

    /// <summary>us, european or japanese (Q180641).</summary>
    public string DateOrder => Value("date order", "us");

    /// <summary>Messages that EXPORT takes in one run.</summary>
    public int ExportLimit => Number("export limit", 16);

    /// <summary>Whether EXPORT leaves an empty file behind when the queue is empty; public sources do not say.</summary>
    public bool WritesEmptyExport => Value("empty export", "none") == "file";

    /// <summary>Where reasons stand in an .und file: header, before or text; public sources do not say (U4).</summary>
    public string UndLayout => Value("und layout", "header");

    /// <summary>Whether a directory file called Ccmdel.imp takes its records out; how a record is marked for deletion is not public (D10).</summary>
    public bool DeletesByFileName => Value("directory deletes", "file") == "file";

    public static PostOfficeSettings Parse(string text)
    {
        var settings = new PostOfficeSettings();
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var parts = line.Split('=', 2);
            var key = parts[0].Trim();
            if (parts.Length != 2 || !KnownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw new MisuseException($"settings.txt does not know '{line}'");
            }

            settings.values[key] = parts[1].Trim();
        }

        return settings;
    }

    private string Value(string key, string standard) => values.GetValueOrDefault(key, standard);

    private int Number(string key, int standard) =>
        int.TryParse(Value(key, standard.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new MisuseException($"settings.txt: {key} is not a number above 0");
}
