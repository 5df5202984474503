using System.Globalization;
using System.Text;

namespace Postern.Browser.Tests.Support;

/// <summary>Writes the pictures of <c>docs/screens</c> anew, each page in two widths and both themes, when <c>POSTERN_WRITE_SCREENS</c> is set.</summary>
public static class Screens
{
    // Two thirds of the size: the smallest type is still read, and a picture is some twenty kilobytes.
    private const double Scale = 0.67;
    private const int Quality = 42;

    private static readonly SemaphoreSlim Index = new(1);

    /// <summary>Are they asked for?</summary>
    public static bool AreAskedFor { get; } = Environment.GetEnvironmentVariable("POSTERN_WRITE_SCREENS") is not null;

    /// <summary>Are pictures kept in <c>artifacts/screenshots</c>?</summary>
    public static bool AreKept { get; } = Environment.GetEnvironmentVariable("POSTERN_PICTURES") is not null;

    /// <summary>Takes the picture of the page as it stands.</summary>
    public static async Task WriteAsync(Window window, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Window.House, "docs", "screens"));
        var size = window.Page.ViewportSize!;
        // The process under test is called by a folder of this machine.
        await window.Page.EvaluateAsync("document.querySelectorAll('.status .r span').forEach(part => { if (part.textContent.startsWith('worker ')) { part.textContent = 'worker hall-1'; } })");
        var devices = await window.Page.Context.NewCDPSessionAsync(window.Page);
        var clip = new Dictionary<string, object> { ["x"] = 0, ["y"] = 0, ["width"] = size.Width, ["height"] = size.Height, ["scale"] = Scale };
        var answer = await devices.SendAsync("Page.captureScreenshot", new Dictionary<string, object> { ["format"] = "webp", ["quality"] = Quality, ["clip"] = clip });
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{name}.webp"), answer!.Value.GetProperty("data").GetBytesFromBase64());
        await devices.DetachAsync();
        await WriteIndexAsync(folder);
    }

    private static async Task WriteIndexAsync(DirectoryInfo folder)
    {
        await Index.WaitAsync();
        try
        {
            var text = new StringBuilder("# Screens\n\nEvery page, with a day of mail and empty, at 1440×900 and 1024×768, light and dark. Written by `POSTERN_WRITE_SCREENS=1 ./test Browser`.\n");
            foreach (var page in folder.EnumerateFiles("*-1440-light.webp").Select(file => file.Name[..^"-1440-light.webp".Length]).Order(StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n## {page}\n\n![{page}, light]({page}-1440-light.webp)\n\n[dark]({page}-1440-dark.webp) · [narrow]({page}-1024-light.webp) · [narrow, dark]({page}-1024-dark.webp)\n");
            }

            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "README.md"), text.ToString());
        }
        finally
        {
            Index.Release();
        }
    }
}
