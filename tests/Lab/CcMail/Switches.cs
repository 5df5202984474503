namespace Postern.Lab.CcMail;

/// <summary>
/// The command line of IMPORT and EXPORT (formats 12.1): a value follows its letter without a blank, quotes around a value
/// are dropped, the order does not matter. A switch that the lab does not know is a configuration error, as is a missing one.
/// </summary>
internal sealed class Switches
{
    public string Name { get; private set; } = "";

    public string Password { get; private set; } = "";

    public string Folder { get; private set; } = "";

    public string File { get; private set; } = "";

    public bool IsBatch { get; private set; }

    public bool IsSized { get; private set; }

    public bool IsPartial { get; private set; }

    public bool HasFiles { get; private set; }

    /// <summary>/FORMAT/FAN: foreign addresses instead of directory names.</summary>
    public bool HasForeignAddresses { get; private set; }

    /// <summary>/DIRECTORY, with or without /PROP and /PROPADD.</summary>
    public bool IsDirectory { get; private set; }

    /// <summary>/MSG#: list what waits, with numbers.</summary>
    public bool IsListing { get; private set; }

    /// <summary>/DELETE/n: number of the message to delete.</summary>
    public string Delete { get; private set; } = "";

    /// <summary>/MSGS/n or /MSGS/ALL: how many messages at most.</summary>
    public string Messages { get; private set; } = "";

    /// <summary>The switch that was not understood, or null.</summary>
    public string? Fault { get; private set; }

    public static Switches Parse(IReadOnlyList<string> arguments)
    {
        var switches = new Switches();
        foreach (var argument in arguments)
        {
            if (argument.Length < 2 || argument[0] != '/' || !(switches.TakeWord(argument) || switches.TakeValue(argument)))
            {
                switches.Fault ??= argument;
            }
        }

        return switches;
    }

    private bool TakeWord(string argument)
    {
        var parts = argument[1..].ToUpperInvariant().Split('/');
        switch (parts)
        {
            case ["BATCH"]:
                IsBatch = true;
                break;
            case ["ITEMSIZE"]:
                IsSized = true;
                break;
            case ["PARTIAL"]:
                IsPartial = true;
                break;
            case ["FILES"] or ["FILES", "MACBIN2"]:
                HasFiles = true;
                break;
            case ["FORMAT", "FAN"]:
                HasForeignAddresses = true;
                break;
            case ["DIRECTORY"] or ["DIRECTORY", "PROP" or "PROPADD"]:
                IsDirectory = true;
                break;
            case ["MSG#"]:
                IsListing = true;
                break;
            case ["DELETE", var number] when number.All(char.IsAsciiDigit):
                Delete = number;
                break;
            case ["MSGS", var count] when count == "ALL" || (count.Length is > 0 and < 7 && count.All(char.IsAsciiDigit)):
                Messages = count;
                break;
            case ["HILITE"] or ["DATE", "1" or "2" or "3"]:
                break;
            default:
                return false;
        }

        return true;
    }

    private bool TakeValue(string argument)
    {
        var value = argument[2..].Trim('"');
        switch (char.ToUpperInvariant(argument[1]))
        {
            case 'N' when value.Length > 0:
                Name = value;
                break;
            case 'P':
                Password = value;
                break;
            case 'D' when value.Length > 0:
                Folder = value;
                break;
            case '@' when value.Length > 0:
                File = value;
                break;
            default:
                return false;
        }

        return true;
    }
}
