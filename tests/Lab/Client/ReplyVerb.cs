using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.Client;

/// <summary>
/// Answers a stored message as a client does: to its sender and, with --all, to everybody else on its address lines but oneself.
/// What the address lines hold is therefore exactly what a reply can reach.
/// </summary>
internal static class ReplyVerb
{
    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(arguments, "--mailbox", "--message", "--all", "--text", "--subject", "--attach");
        var folder = PostOfficeFolder.Open(verb.Word(0, "The post office folder"))
            ?? throw new MisuseException($"{verb.Words[0]} is no post office.");
        var mailbox = verb.Needed("--mailbox");
        var original = Load(folder, mailbox, verb.Needed("--message"));
        var draft = new Draft(folder, mailbox) { Subject = verb.One("--subject", SubjectOfReply(original.Subject)) };
        draft.Address("To", [original.From]);
        if (verb.Has("--all"))
        {
            AddressOthers(draft, original, folder, mailbox);
        }

        draft.AddText(verb.One("--text", ""));
        foreach (var file in verb.Many("--attach"))
        {
            draft.Attach(Path.GetFileName(file), File.ReadAllBytes(file));
        }

        return draft.Send();
    }

    /// <summary>Re: for the first answer, Re[n]: for the n-th (Q237189).</summary>
    internal static string SubjectOfReply(string subject)
    {
        if (subject.StartsWith("Re:", StringComparison.OrdinalIgnoreCase))
        {
            return "Re[2]:" + subject[3..];
        }

        var end = subject.IndexOf("]:", StringComparison.Ordinal);
        return subject.StartsWith("Re[", StringComparison.OrdinalIgnoreCase)
            && end > 3
            && int.TryParse(subject.AsSpan(3, end - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? string.Create(CultureInfo.InvariantCulture, $"Re[{count + 1}]{subject[(end + 1)..]}")
            : "Re: " + subject;
    }

    private static Message Load(PostOfficeFolder folder, string mailbox, string file)
    {
        var path = Path.Combine(folder.MailboxPath(mailbox), file);
        var messages = File.Exists(path)
            ? MessageReader.ReadAll(File.ReadAllBytes(path), true, folder.Settings.Oem, out _)
            : throw new MisuseException($"{path} does not exist.");
        return messages.Count > 0 ? messages[0] : throw new MisuseException($"{path} holds no message.");
    }

    private static void AddressOthers(Draft draft, Message original, PostOfficeFolder folder, string mailbox)
    {
        var drop = new MailDrop(folder);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            drop.Resolve(mailbox).Address,
            drop.Resolve(original.From).Address,
        };
        foreach (var line in original.Recipients.Where(line => seen.Add(drop.Resolve(line.Value).Address)))
        {
            draft.Address(line.Keyword, [line.Value]);
        }
    }
}
