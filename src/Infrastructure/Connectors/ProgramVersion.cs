using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Infrastructure.Connectors;

/// <summary>What a program file says of its version: the version resource of a Windows program, or the words of a DOS program's banner. The program is never started for it.</summary>
internal static partial class ProgramVersion
{
    private const int Most = 8 * 1024 * 1024;

    /// <summary>The version; empty when the file names none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Of(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[(int)Math.Min(file.Length, Most)];
        file.ReadExactly(bytes);
        return bytes is [(byte)'M', (byte)'Z', ..] ? OfProgram(bytes) : "";
    }

    /// <summary>Name, size and date, as they stand beside the field.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Describe(string path)
    {
        var version = Of(path);
        var file = new FileInfo(path);
        var named = version.Length > 0 ? $"version {version}, " : "";
        return string.Create(CultureInfo.InvariantCulture, $"{path} ({named}{file.Length:N0} bytes of {file.LastWriteTimeUtc:yyyy-MM-dd})");
    }

    private static string OfProgram(byte[] bytes)
    {
        var resource = FileVersion().Match(Encoding.Unicode.GetString(bytes));
        return resource.Success ? resource.Groups[1].Value : Banner().Match(Encoding.Latin1.GetString(bytes)) is { Success: true } banner ? banner.Groups[1].Value : "";
    }

    [GeneratedRegex(@"FileVersion\0+([0-9][0-9., ]{0,30})", RegexOptions.None, 1000)]
    private static partial Regex FileVersion();

    [GeneratedRegex(@"[Vv]ersion:? ([0-9]{1,2}\.[0-9]{1,4}[a-zA-Z0-9.]{0,8})", RegexOptions.None, 1000)]
    private static partial Regex Banner();
}
