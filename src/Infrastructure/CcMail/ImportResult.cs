using Postern.Domain.Queue;

namespace Postern.Infrastructure.CcMail;

/// <summary>The outcome of a delivery whose file IMPORT took.</summary>
internal static class ImportResult
{
    private const int LongestWords = 300;

    public static AttemptOutcome Of(FileDelivery delivery, string file, IReadOnlyList<string>? refused, CcMailLink link, string end) =>
        refused is { } reasons
            ? RefusalOutcome.For(reasons, delivery.Recipient, Remote(link, file))
            : new AttemptOutcome.Delivered(
                "2.0.0", $"IMPORT {end}", $"The post office {link.Settings.PostOfficeName} took it with {file}.", Remote(link, file));

    public static string Remote(CcMailLink link, string? file) =>
        file is null ? link.Settings.PostOfficeName : $"{link.Settings.PostOfficeName}, {file}";

    /// <summary>The last line a program printed.</summary>
    public static string LastWords(string output)
    {
        var line = output.AsSpan(output.LastIndexOf('\n') + 1).Trim();
        return line.Length <= LongestWords ? line.ToString() : line[^LongestWords..].ToString();
    }
}
