using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Bench;

/// <summary>Small things every measurement needs.</summary>
internal static class Measure
{
    public static int Number(string[] arguments, string name, int otherwise)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Median and range, such as <c>1,420 (1,388–1,455)</c>.</summary>
    public static string Range(IReadOnlyCollection<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(values):N0} ({values.Min():N0}–{values.Max():N0})");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A built program of this repository.</summary>
    public static string Built(string project)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Console.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Console.sln is in no folder above this program.");
        }

        return Path.Combine(folder.FullName, "artifacts", "bin", project, "release", $"Postern.{project}");
    }
}
