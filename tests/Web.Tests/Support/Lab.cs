using System.Diagnostics;
using System.Globalization;

namespace Postern.Web.Tests.Support;

/// <summary>The lab's own verbs, as people at a post office use them.</summary>
internal static class Lab
{
    /// <summary>Runs a verb to its end, which must be a good one.</summary>
    public static string Run(params string[] arguments)
    {
        using var program = Process.Start(new ProcessStartInfo(PosternProgram.Lab, arguments) { RedirectStandardOutput = true })!;
        var output = program.StandardOutput.ReadToEnd();
        program.WaitForExit();
        program.ExitCode.ShouldBe(0, output);
        return output;
    }

    /// <summary>The files in a mail of a mailbox as <see cref="MailFiles.Make"/> told them: <c>File item: NAME | 1 bytes | sha256 …</c>.</summary>
    public static IEnumerable<string> Files(string mail) => Run("read", mail)
        .Split('\n')
        .Where(line => line.StartsWith("File item: ", StringComparison.Ordinal))
        .Select(line => line["File item: ".Length..].Split(" | "))
        .Select(words => MailFiles.Line(
            words[0].Split(' ')[0], long.Parse(words[1].Split(' ')[0], CultureInfo.InvariantCulture), Convert.FromHexString(words[2].Trim().Split(' ')[1])));
}
