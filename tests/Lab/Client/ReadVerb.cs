using System.Globalization;
using System.Security.Cryptography;
using Postern.Lab.CcMail;

namespace Postern.Lab.Client;

/// <summary>Shows a message file and can write its file items to a folder, so that a test can compare them byte by byte.</summary>
internal static class ReadVerb
{
    private static readonly char[] StampSeparators = ['/', '-', '.'];

    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(arguments, "--extract", "--plain");
        var path = verb.Word(0, "The file");
        var content = File.Exists(path) ? File.ReadAllBytes(path) : throw new MisuseException($"{path} does not exist.");
        var messages = MessageReader.ReadAll(content, !verb.Has("--plain"), OemText.Western, out var fault);
        foreach (var message in messages)
        {
            Screen.Line("Message:");
            foreach (var line in message.Header)
            {
                Screen.Line(line.ToString());
            }

            ShowItems(message, verb.One("--extract", ""));
        }

        if (fault is not null)
        {
            Screen.Line($"Fault: {fault}");
        }

        return fault is null ? ResultCode.Done : ResultCode.Incomplete;
    }

    /// <summary>The file name in a title: what is left without a date and a time at its end.</summary>
    internal static string FileName(string title)
    {
        var words = title.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (words.Count > 2 && words[^1].Contains(':', StringComparison.Ordinal) && char.IsAsciiDigit(words[^1][0]))
        {
            words.RemoveAt(words.Count - 1);
        }

        if (words.Count > 1 && words[^1].Split(StampSeparators) is [_, _, _] parts && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit)))
        {
            words.RemoveAt(words.Count - 1);
        }

        return words.Count == 0 ? "NONAME" : string.Join(' ', words);
    }

    private static void ShowItems(Message message, string folder)
    {
        foreach (var item in message.Items)
        {
            var size = item.Data.Length.ToString(CultureInfo.InvariantCulture);
            var hash = Convert.ToHexStringLower(SHA256.HashData(item.Data.Span));
            Screen.Line($"{item.Kind}: {item.Title} | {size} bytes | sha256 {hash}");
            if (item.IsText)
            {
                Screen.Line(OemText.Western.Decode(item.Data.Span));
            }
            else if (folder.Length > 0)
            {
                Extract(folder, item);
            }
        }
    }

    private static void Extract(string folder, Item item)
    {
        Directory.CreateDirectory(folder);
        var name = PostOfficeFolder.SafeName(FileName(item.Title));
        var path = Path.Combine(folder, name);
        for (var i = 2; File.Exists(path); i++)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{i}-{name}"));
        }

        using var file = File.Create(path);
        file.Write(item.Data.Span);
    }
}
