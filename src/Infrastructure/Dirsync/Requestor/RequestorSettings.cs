using Postern.Domain.Directory.Partners;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.MsMail;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>What an operator sets to be a requestor of an MS Mail directory synchronisation server. Mail goes through the MS Mail connector.</summary>
public sealed record RequestorSettings
{
    /// <summary>The MS Mail connector that the server's mail comes through. Default none.</summary>
    [Setting("Server", "Connector")]
    public string Connector { get; init; } = "";

    /// <summary>The post office that is the synchronisation server, <c>NETWORK/POSTOFFICE</c>; or Exchange with that role. Default none.</summary>
    [Setting("Server", "Server")]
    public string Server { get; init; } = "";

    /// <summary>The post office of ours that is registered there, <c>NETWORK/POSTOFFICE</c>, whole (Q99268). Default empty: our name at the connector.</summary>
    [Setting("Server", "Requestor")]
    public string Requestor { get; init; } = "";

    /// <summary>Name of the secret that holds the requestor's password. Default none, because its key in a mail is not public.</summary>
    [Setting("Server", "Password")]
    public string PasswordSecret { get; init; } = "";

    /// <summary>Hours after which an answer is late: the server's step T2 runs once in its cycle. Default 8, the run window of the original (Q119590).</summary>
    [Setting("Server", "Answer is late after", Unit = "hours")]
    public int HoursToAnswer { get; init; } = 8;

    /// <summary>Address types that are asked for. Default PCM, CSI and SMTP; others have no connector here.</summary>
    [Setting("Entries", "Types")]
    public IReadOnlyList<string> Types { get; init; } = ["PCM", "CSI", "SMTP"];

    /// <summary>Fields of templates are asked for; servers 3.0 and 3.2 send them all the same (Q118298). Default true.</summary>
    [Setting("Entries", "Take fields")]
    public bool TakesFields { get; init; } = true;

    /// <summary>Fields of templates are sent; the server must have that switched on too (Q228601). Default false.</summary>
    [Setting("Entries", "Send fields")]
    public bool SendsFields { get; init; }

    /// <summary>The key of our name in an export. Default REQNAME, as it was printed (Q106623).</summary>
    [Setting("Dialect", "Key of our name in an export")]
    public string ExportNameKey { get; init; } = "REQNAME";

    /// <summary>The key of our name in a request. Default NAME, as it was printed (Q118298).</summary>
    [Setting("Dialect", "Key of our name in a request")]
    public string ImportNameKey { get; init; } = "NAME";

    /// <summary>The key of the password. Default empty: none is sent; register the requestor without one.</summary>
    [Setting("Dialect", "Key of the password")]
    public string PasswordKey { get; init; } = "";

    /// <summary>Requests carry REQSEQ and IMPSEQ too. Default false: no printed request has them.</summary>
    [Setting("Dialect", "Send all numbers")]
    public bool SendsAllSequences { get; init; }

    /// <summary>What is wrong with these settings, each with the path of the setting before a colon.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Require(Connector.Length > 0, "connector: The MS Mail connector must be named.");
        Require(SystemMail.HomeKeyOf(Server).Length > 0, "server: The server must be named, NETWORK/POSTOFFICE.");
        Require(Requestor.Length == 0 || SystemMail.HomeKeyOf(Requestor).Length > 0, "requestor: Our post office must be named whole, NETWORK/POSTOFFICE.");
        Require(Requestor.Length == 0 || SystemMail.HomeKeyOf(Requestor) != SystemMail.HomeKeyOf(Server), "requestor: Our post office cannot be the server itself.");
        Require(HoursToAnswer is > 0 and <= 744, "hoursToAnswer: The hours must be 1 to 744.");
        Require(Types.Count > 0 && Types.All(type => type.Length is > 1 and <= 8 && type.All(char.IsAsciiLetterOrDigit)), "types: At least one address type such as PCM must be named.");
        Require(new[] { ExportNameKey, ImportNameKey }.All(IsKey), "exportNameKey: The keys of our name must be words of letters.");
        Require(PasswordKey.Length == 0 || IsKey(PasswordKey), "passwordKey: The key of the password must be a word of letters.");
        return faults;

        void Require(bool holds, string sentence)
        {
            if (!holds)
            {
                faults.Add(sentence);
            }
        }
    }

    internal DirsyncProfile Dialect => new() { ExportNameKey = ExportNameKey, ImportNameKey = ImportNameKey, PasswordKey = PasswordKey, SendsAllSequences = SendsAllSequences };

    internal MsMailEntries Entries => MsMailEntries.Standard with { SendsFields = SendsFields };

    private static bool IsKey(string key) => key.Length is > 0 and <= 20 && key.All(char.IsAsciiLetterOrDigit);
}
