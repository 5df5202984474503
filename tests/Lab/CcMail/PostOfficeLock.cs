using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>
/// One program at a time works on a post office. The lock is the operating system's and dies with its process, so a second
/// program is detected with certainty; it leaves a line in <c>violations.log</c>, which is how a test proves that none ever ran.
/// </summary>
internal sealed class PostOfficeLock : IDisposable
{
    private const int WouldBlock = 11;

    private readonly FileStream file;
    private readonly PostOfficeFolder folder;
    private readonly string program;

    private PostOfficeLock(FileStream file, PostOfficeFolder folder, string program)
    {
        (this.file, this.folder, this.program) = (file, folder, program);
        file.SetLength(0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
        file.Flush();
        Log("start");
    }

    /// <summary>Takes the post office; null when somebody else has it.</summary>
    public static PostOfficeLock? Take(PostOfficeFolder folder, string program)
    {
        if (File.Exists(Path.Combine(folder.Path, "LOCK")))
        {
            return null;
        }

        var path = Path.Combine(folder.Path, "RUNNING.LCK");
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            return new PostOfficeLock(file, folder, program);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            folder.AppendLine("violations.log", Line(program, "started while another program had the post office"));
            return null;
        }
    }

    /// <summary>Writes the end of the run; a run that was killed has none.</summary>
    public int End(int resultCode)
    {
        Log($"end {resultCode.ToString(CultureInfo.InvariantCulture)}");
        return resultCode;
    }

    public void Dispose() => file.Dispose();

    private static string Line(string program, string what) => string.Create(
        CultureInfo.InvariantCulture,
        $"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()} {Environment.ProcessId} {program} {what}");

    private void Log(string what) => folder.AppendLine("runs.log", Line(program, what));
}
