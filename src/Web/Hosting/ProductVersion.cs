using System.Reflection;

namespace Postern.Web.Hosting;

/// <summary>The version of this program, as pages and the table of workers show it.</summary>
public static class ProductVersion
{
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
        .InformationalVersion.Split('+')[0] ?? "0";
}

/// <summary>The name this machine gives itself to peers.</summary>
public static class HostNames
{
    public static string Ours()
    {
        var name = System.Net.Dns.GetHostName();
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') ? name : "localhost";
    }
}
