using System.Globalization;

namespace Postern.Lab.MsMail;

/// <summary>The command line of GTWPUT and GTWGET (formats 2.2): an option sticks to its value, <c>NETWORK/POSTOFFICE</c> comes before any option.</summary>
internal sealed class FfapiOptions
{
    /// <summary>What GTWGET extracts at most (Q118787).</summary>
    public const int MostMessages = 50;

    /// <summary>Only this logical post office (Q118531); empty for all.</summary>
    public string Place { get; private set; } = "";

    public string Folder { get; private set; } = "";

    public string Administrator { get; private set; } = "";

    /// <summary>CR unless <c>-f</c> says otherwise (Q85055).</summary>
    public string Terminator { get; private set; } = "\r";

    public string File { get; private set; } = "";

    public int Messages { get; private set; } = MostMessages;

    public bool KeepsFile { get; private set; }

    public bool LeavesDelivery { get; private set; }

    public bool PrintsVersion { get; private set; }

    public static FfapiOptions Parse(string[] arguments)
    {
        var options = new FfapiOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            options.Take(arguments[i], isFirst: i == 0);
        }

        return options;
    }

    private void Take(string word, bool isFirst)
    {
        switch (word)
        {
            case "-ver":
                PrintsVersion = true;
                break;
            case "-md":
                LeavesDelivery = true;
                break;
            case "-k":
                KeepsFile = true;
                break;
            case "-h" or "-j":
                throw new MisuseException("The lab knows the basic layout only: the tokens of the others are not public.");
            case ['-', 'a', .. var administrator]:
                Administrator = administrator;
                break;
            case ['-', 'd', .. var folder]:
                Folder = folder;
                break;
            case ['-', 'f', '0' or '1' or '2']:
                Terminator = word[2] switch { '0' => "\r", '1' => "\n", _ => "\r\n" };
                break;
            case ['-', 'n', .. var count] when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most is >= 1 and <= MostMessages:
                Messages = most;
                break;
            case ['-', 'l', ..]:
                break;
            case ['-', ..]:
                throw new MisuseException($"The lab does not know the option {word}.");
            default:
                TakeName(word, isFirst);
                break;
        }
    }

    // A name with one slash that is no file, before everything else, is a post office
    private void TakeName(string word, bool isFirst)
    {
        if (isFirst && word.Count(c => c == '/') == 1 && word[0] is not ('/' or '.'))
        {
            Place = word;
        }
        else
        {
            File = word;
        }
    }
}
