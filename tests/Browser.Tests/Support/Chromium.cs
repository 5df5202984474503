using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Postern.Browser.Tests.Support;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Postern.Browser.Tests.Support;

/// <summary>One browser for the run; each test opens a window of its own, with its own cookies.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        // No name of another machine leads anywhere. Stopping requests one by one would switch the browser's cache off.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    /// <summary>The browser that is started: the one without windows where it is installed, which spends nothing on a frame that nobody sees.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("POSTERN_CHROMIUM")
        ?? new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium" }.First(File.Exists);

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = Flags,
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    /// <summary>A window that remembers what would leave the machine; nothing does.</summary>
    public async Task<Window> OpenAsync(string address, int width = 1440, int height = 900, bool isDark = false)
    {
        var context = await browser!.NewContextAsync(new()
        {
            BaseURL = address,
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(30_000);
        var window = new Window(context, await context.NewPageAsync());
        void Note(IRequest request)
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !request.Url.StartsWith(address, StringComparison.Ordinal))
            {
                window.Foreign.Enqueue(request.Url);
            }
        }

        context.RequestFinished += (_, request) => Note(request);
        context.RequestFailed += (_, request) =>
        {
            // What the page itself forbids is never asked for.
            if (request.Failure?.Contains("csp", StringComparison.OrdinalIgnoreCase) != true)
            {
                Note(request);
            }
        };
        return window;
    }
}

/// <summary>A browser window of one operator.</summary>
public sealed partial class Window : IAsyncDisposable
{
    private readonly IBrowserContext context;

    internal Window(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        context.WebError += (_, error) => Errors.Enqueue(error.Error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Addresses of other machines that the browser was about to ask; none of them was.</summary>
    public ConcurrentQueue<string> Foreign { get; } = new();

    /// <summary>What the browser complained of.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    /// <summary>Goes to a path and waits until the page has drawn its title.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await DrawnAsync();
    }

    /// <summary>Signs in by the form, as the first operator.</summary>
    public async Task SignInAsync(string password = ConsoleUnderTest.Password, string name = OperatorName)
    {
        await GoAsync(Web.Urls.SignInPath);
        await SendAsync(password, name);
    }

    /// <summary>Signs in without drawing the form, goes to a path and waits until the page has drawn its title.</summary>
    public async Task SignInToAsync(string path, string password = ConsoleUnderTest.Password, string name = OperatorName)
    {
        await EnterAsync(password, name);
        await GoAsync(path);
    }

    /// <summary>Signs in without drawing the form: what the browser would send is sent, and the window keeps the answer's cookies.</summary>
    public async Task EnterAsync(string password = ConsoleUnderTest.Password, string name = OperatorName)
    {
        var form = await context.APIRequest.GetAsync(Web.Urls.SignInPath);
        var sent = context.APIRequest.CreateFormData();
        foreach (Match field in HiddenField().Matches(await form.TextAsync()))
        {
            sent.Set(field.Groups[1].Value, field.Groups[2].Value);
        }

        sent.Set("Input.Name", name);
        sent.Set("Input.Password", password);
        var answer = await context.APIRequest.PostAsync(Web.Urls.SignInPath, new() { Form = sent, MaxRedirects = 0 });
        answer.Status.ShouldBeInRange(301, 303, "somebody was not let in");
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)""")]
    private static partial Regex HiddenField();

    private async Task SendAsync(string password, string name)
    {
        await Page.GetByLabel("Name").FillAsync(name);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private async Task DrawnAsync()
    {
        await Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        if (!Page.Url.Contains(Web.Urls.SignInPath, StringComparison.Ordinal) && !Page.Url.Contains(Web.Urls.ChangePassword, StringComparison.Ordinal))
        {
            await Page.Locator("html[data-keys]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        }
    }

    public const string OperatorName = Web.Security.OperatorAccounts.FirstName;

    /// <summary>The folder of the repository.</summary>
    public static string House { get; } = FindHouse(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>Keeps a picture for whoever reviews the look, when <c>POSTERN_PICTURES</c> is set.</summary>
    public Task KeepAsync(string name) => Screens.AreKept ? PictureAsync(name) : Task.CompletedTask;

    /// <summary>Takes a picture in any case.</summary>
    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(House, "artifacts", "screenshots", $"{name}.png") });

    /// <summary>No request may leave the machine, whatever a message holds.</summary>
    public void ShouldHaveAskedOnlyThisMachine() =>
        Foreign.ShouldBeEmpty();

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static string FindHouse(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "Console.sln")) ? folder.FullName
        : FindHouse(folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository."));
}
