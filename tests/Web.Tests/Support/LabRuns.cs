using System.Globalization;

namespace Postern.Web.Tests.Support;

/// <summary>What the programs of the lab's post office write down of themselves: <c>milliseconds pid program start</c>, and their end.</summary>
internal sealed class LabRuns
{
    private readonly string postOffice;
    private readonly int earlier;

    /// <summary>Runs that begin from now on.</summary>
    public LabRuns(string postOffice)
    {
        this.postOffice = postOffice;
        earlier = Lines().Count - 1; // the last line has not been written yet
    }

    /// <summary>The process of this program that has begun since and not ended, at mail and not at the directory; null when none is at work.</summary>
    public int? AtWork(string program)
    {
        var open = new HashSet<int>();
        foreach (var words in Lines().Skip(Math.Max(0, earlier)))
        {
            if (words is [_, var id, var name, var what, ..] && name == program && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                _ = what == "start" ? open.Add(pid) : open.Remove(pid);
            }
        }

        return open.Where(IsAlive).Where(IsAtMail).Select(pid => (int?)pid).FirstOrDefault();
    }

    public static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}");

    private static bool IsAtMail(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline").Contains("/DIRECTORY", StringComparison.OrdinalIgnoreCase);
        }
        catch (IOException)
        {
            return false; // it has just ended
        }
    }

    private List<string[]> Lines()
    {
        var path = Path.Combine(postOffice, "runs.log");
        if (!File.Exists(path))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return [.. reader.ReadToEnd().Split('\n').Select(line => line.Split(' '))];
    }
}
