namespace Postern.Infrastructure.Dirsync.CcMail;

/// <summary>How IMPORT and EXPORT are called for a directory: as the connector calls them for mail, without what is about messages.</summary>
internal static class DirectoryCommand
{
    private static readonly string[] OfMessages = ["/ITEMSIZE", "/PARTIAL", "/FORMAT", "/FILES", "/MSGS", "/MSG#", "/HILITE", "/DATE"];

    /// <param name="template">Program and arguments of the connector; the program itself is never taken for a switch.</param>
    /// <param name="directory">Such as <c>/DIRECTORY/PROPADD</c>.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> template, string directory)
    {
        var command = new List<string>();
        foreach (var (index, argument) in template.Index())
        {
            if (index > 0 && OfMessages.Any(word => argument.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (index > 0 && argument.StartsWith("/@", StringComparison.Ordinal))
            {
                command.Add(directory);
            }

            // The directory is the post office's; mail is that of our entry there.
            command.Add(argument.Replace("{site}", "{postoffice}", StringComparison.Ordinal));
        }

        return command;
    }
}
