using Postern.Lab.CcMail;

namespace Postern.Lab.Client;

/// <summary>Sends a new mail from a mailbox: local people get theirs at once, the others through their queue.</summary>
internal static class ComposeVerb
{
    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(
            arguments, "--from", "--to", "--cc", "--bcc", "--subject", "--text", "--text-file", "--attach", "--date", "--via");
        var folder = PostOfficeFolder.Open(verb.Word(0, "The post office folder"))
            ?? throw new MisuseException($"{verb.Words[0]} is no post office.");
        var draft = new Draft(folder, verb.Needed("--from")) { Subject = verb.One("--subject", ""), Via = verb.One("--via", "") };
        draft.Date = verb.One("--date", draft.Date);
        draft.Address("To", verb.Many("--to"));
        draft.Address("cc", verb.Many("--cc"));
        draft.Address("Bcc", verb.Many("--bcc"));
        draft.AddText(verb.Has("--text-file") ? File.ReadAllText(verb.Needed("--text-file")) : verb.One("--text", ""));
        foreach (var file in verb.Many("--attach"))
        {
            draft.Attach(Path.GetFileName(file), File.ReadAllBytes(file));
        }

        return draft.Send();
    }
}
