namespace Postern.Lab.MsMail;

/// <summary>Sends as a client of an MS Mail post office: the mail is carried at once, as far as the post offices know the way.</summary>
internal static class SendVerb
{
    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(arguments, "--from", "--to", "--subject", "--text", "--priority", "--attach");
        var postOffice = MsPostOffice.Open(verb.Word(0, "The post office")) ?? throw new MisuseException("There is no post office in that folder.");
        if (!postOffice.HasMailbox(verb.Needed("--from")))
        {
            throw new MisuseException($"{postOffice.Name} has no mailbox {verb.Needed("--from")}.");
        }

        var now = TimeProvider.System.GetLocalNow().DateTime;
        var letter = new Letter
        {
            To = [.. verb.Many("--to").Select(Picked)],
            From = $"CSI:{postOffice.Name}/{verb.Needed("--from").ToUpperInvariant()}",
            Date = now,
            Subject = verb.One("--subject", ""),
            Priority = verb.One("--priority", ""),
            Text = postOffice.Oem.Encode(verb.One("--text", "").ReplaceLineEndings("\r\n")),
            Files = [.. verb.Many("--attach").Select(file => new Enclosure(Path.GetFileName(file), File.ReadAllBytes(file)))],
        };
        new Carrier(postOffice, now).Deliver(letter, letter.To);
        return ResultCode.Done;
    }

    private static string Picked(string to) => Letter.IsInternet(to) ? to
        : $"CSI:{Address.Parse(to) ?? throw new MisuseException($"{to} is no NETWORK/POSTOFFICE/MAILBOX and no SMTP:user@host.")}";
}
