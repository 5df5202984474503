using System.Globalization;

namespace Postern.Web.Tests.Support;

/// <summary>What the programs of the lab's post office write down of themselves: <c>milliseconds pid program start</c>, and their end.</summary>
internal sealed class LabRuns(string postOffice)
{
    /// <summary>The process of this program that has begun and not ended; null when none is at work.</summary>
    public int? AtWork(string program)
    {
        var open = new HashSet<int>();
        foreach (var words in Lines())
        {
            if (words is [_, var id, var name, var what, ..] && name == program && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            {
                _ = what == "start" ? open.Add(pid) : open.Remove(pid);
            }
        }

        return open.Where(IsAlive).Select(pid => (int?)pid).FirstOrDefault();
    }

    public static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}");

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
