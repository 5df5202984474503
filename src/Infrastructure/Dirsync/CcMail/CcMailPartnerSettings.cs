using Postern.Domain.Directory.Templates;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync.CcMail;

/// <summary>What an operator sets to exchange directories with a cc:Mail post office. Programs, folders and password are those of its connector.</summary>
public sealed record CcMailPartnerSettings
{
    /// <summary>The cc:Mail connector whose post office it is; its programs, folders and password are used, and never beside it. Default none.</summary>
    [Setting("Post Office", "Connector")]
    public string Connector { get; init; } = "";

    /// <summary>
    /// IMPORT of this post office was seen to take plain records as deletes, in a run of their own. Public documents do not tell how a record is marked for deletion, so
    /// otherwise what is to leave stands on a sheet for the post office's administrator. Default false.
    /// </summary>
    [Setting("Post Office", "Deletes through IMPORT")]
    public bool AllowsDeletes { get; init; }

    /// <summary>
    /// "Dirsync Comment Rule" of the original: what a comment holds, <c>%a</c> alias, <c>%d</c> department, <c>%o</c> office, <c>%p</c> phone, <c>%c</c> custom attribute 1,
    /// with semicolons between them. Default empty: the whole comment is the notes (Q217040).
    /// </summary>
    [Setting("Entries", "Comment rule")]
    public string CommentRule { get; init; } = "";

    /// <summary>EXPORT and its arguments for the directory, with the words of the connector. Default empty: those of the connector with /DIRECTORY/PROPADD.</summary>
    [Setting("Programs", "EXPORT of the directory")]
    public IReadOnlyList<string> ExportProgram { get; init; } = [];

    /// <summary>IMPORT and its arguments for adds and changes, with the words of the connector. Default empty: those of the connector with /DIRECTORY.</summary>
    [Setting("Programs", "IMPORT of entries")]
    public IReadOnlyList<string> ImportProgram { get; init; } = [];

    /// <summary>IMPORT and its arguments for deletes. Default empty: those for adds and changes.</summary>
    [Setting("Programs", "IMPORT of deletes")]
    public IReadOnlyList<string> DeleteProgram { get; init; } = [];

    /// <summary>Seconds that one run may take with a directory; then its whole process group is ended. Default 900.</summary>
    [Setting("Programs", "Time limit", Unit = "seconds")]
    public double TimeLimit { get; init; } = 900;

    /// <summary>What is wrong with these settings, each with the path of the setting before a colon.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Connector.Length == 0)
        {
            faults.Add("connector: The cc:Mail connector must be named.");
        }

        if (!Domain.Directory.Templates.CommentRule.TryParse(CommentRule, out _, out var fault))
        {
            faults.Add($"commentRule: {fault}");
        }

        if (TimeLimit is not (> 0 and <= 86_400))
        {
            faults.Add("timeLimit: The time limit must be above 0 and at most 86,400 seconds.");
        }

        return faults;
    }

    internal CommentRule Comments => Domain.Directory.Templates.CommentRule.TryParse(CommentRule, out var rule, out _) ? rule : Domain.Directory.Templates.CommentRule.Notes;
}
