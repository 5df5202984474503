namespace Postern.Domain.Formats.CcMail;

/// <summary>The line by which IMPORT says why it refused: <c>***  Unknown Date Format  ***</c> (Q180641), or <c>Header Buffer Full</c> (Q166499).</summary>
public static class ReasonLine
{
    private const string HeaderBufferFull = "Header Buffer Full";

    /// <summary>The reason without its stars; false for any other line.</summary>
    public static bool TryRead(string line, out string reason)
    {
        reason = line.Trim();
        if (reason.Length > 6 && reason.StartsWith("***", StringComparison.Ordinal) && reason.EndsWith("***", StringComparison.Ordinal))
        {
            reason = reason.Trim('*').Trim();
            return reason.Length > 0;
        }

        if (reason.Equals(HeaderBufferFull, StringComparison.OrdinalIgnoreCase))
        {
            reason = HeaderBufferFull;
            return true;
        }

        reason = "";
        return false;
    }
}
