using Postern.Domain.Formats.MsMail;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>Outcomes of deliveries and the sentences for them.</summary>
internal static class PutResult
{
    private const int LongestWords = 300;

    public static AttemptOutcome Taken(MsMailLink link, string file, string how) => link.ExchangeFolder.Length > 0
        ? new AttemptOutcome.Delivered("2.0.0", "", $"{file} was laid into the exchange folder of {link.Settings.PostOfficeName}.", Remote(link, file))
        : new AttemptOutcome.Delivered("2.0.0", $"GTWPUT {how}", $"The post office {link.Settings.PostOfficeName} took it with {file}.", Remote(link, file));

    /// <summary>A recipient whose line GTWPUT refuses.</summary>
    public static AttemptOutcome RefusedRecipient(MsMailLink link, PutDelivery delivery, ProgramError error, string file) =>
        new AttemptOutcome.Bounced("5.1.3", Words(error), $"GTWPUT refused the address {delivery.Recipient}: {Sentence(error)}", Remote(link, file));

    public static string Remote(MsMailLink link, string? file) => file is null ? link.Settings.PostOfficeName : $"{link.Settings.PostOfficeName}, {file}";

    /// <summary>An error line as the program prints it.</summary>
    public static string Words(ProgramError error) => $"{error.Number}-{error.Message}-{error.Line} {error.Text}".TrimEnd();

    public static string Sentence(ProgramError error) => Words(error).TrimEnd('.') + ".";

    /// <summary>The last line a program printed.</summary>
    public static string LastWords(string output)
    {
        var text = output.AsSpan().TrimEnd();
        var line = text[(text.LastIndexOf('\n') + 1)..].Trim();
        return line.Length <= LongestWords ? line.ToString() : line[^LongestWords..].ToString();
    }

    /// <summary>How a run ended, in words for a person.</summary>
    public static string Describe(MsMailLink link, ProgramEnd end, ProgramError? fault) => (end.Ending, fault?.Number ?? end.ExitCode) switch
    {
        (ProgramEnding.Locked, _) => link.LockedBy(),
        (ProgramEnding.Exited, 2) => $"GTWPUT ended with code 2: the administrator {link.Settings.Administrator} or the password is wrong",
        (ProgramEnding.Exited, 20) => "GTWPUT ended with code 20: it has not enough memory",
        (ProgramEnding.Exited, 52) => $"GTWPUT ended with code 52: it cannot open a file of the post office at {link.Settings.PostOfficePath}",
        (ProgramEnding.Exited, 80) => $"GTWPUT ended with code 80: {link.Settings.SiteName} is not a post office that GTWCFG made there",
        (ProgramEnding.Exited, 201) => "GTWPUT ended with code 201: the post office did not take the message; its files are in use, or its disk is full",
        (ProgramEnding.Exited, 0) => "GTWPUT ended with code 0 and left its file",
        _ => $"GTWPUT {end.Summary}",
    };
}
