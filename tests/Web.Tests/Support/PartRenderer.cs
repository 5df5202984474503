using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.AspNetCore.Components.HtmlRendering.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Postern.Web.Live;

namespace Postern.Web.Tests.Support;

/// <summary>Renders one part with plain records, dispatches events to it and reads the markup back, without a browser or a circuit.</summary>
internal sealed class PartRenderer : StaticHtmlRenderer
{
    private static readonly HtmlParser Parser = new();

    private readonly ServiceProvider services;
    private HtmlRootComponent? root;

    private PartRenderer(ServiceProvider services)
        : base(services, NullLoggerFactory.Instance) => this.services = services;

    public StubScript Script => (StubScript)services.GetRequiredService<IJSRuntime>();

    public Keyboard Keyboard => services.GetRequiredService<Keyboard>();

    public PageRights Rights => services.GetRequiredService<PageRights>();

    public StubNavigation Navigation => (StubNavigation)services.GetRequiredService<NavigationManager>();

    /// <summary>Renders a part and waits until it has settled.</summary>
    public static async Task<PartRenderer> RenderAsync<TPart>(IDictionary<string, object?>? parameters = null, TestClock? clock = null)
        where TPart : IComponent
    {
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock ?? new TestClock())
            .AddSingleton<PageClock>()
            .AddSingleton<Keyboard>()
            .AddSingleton<PageRights>()
            .AddSingleton<StatusFeed>()
            .AddSingleton<IJSRuntime, StubScript>()
            .AddSingleton<NavigationManager, StubNavigation>()
            .BuildServiceProvider();
        var renderer = new PartRenderer(services);
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            renderer.root = renderer.BeginRenderingComponent(typeof(TPart), ParameterView.FromDictionary(parameters ?? new Dictionary<string, object?>()));
            await renderer.root.Value.QuiescenceTask;
        });
        return renderer;
    }

    /// <summary>The markup as it is now; asked for anew after each event.</summary>
    public IElement Body =>
        Dispatcher.InvokeAsync(() => Parser.ParseDocument($"<body>{root!.Value.ToHtmlString()}</body>").Body!).GetAwaiter().GetResult();

    /// <summary>Text of the markup with runs of blanks made one.</summary>
    public string Text => string.Join(' ', Body.TextContent.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Presses a key that a part has asked for.</summary>
    public Task PressAsync(string key) => Dispatcher.InvokeAsync(() => Keyboard.Pressed(key));

    protected override void HandleException(Exception exception) => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);

    // A renderer without a browser has to read the render tree itself; its types are public but not promised to stay.
#pragma warning disable BL0006
    /// <summary>Raises an event on the n-th element that listens to it.</summary>
    public Task RaiseAsync(string eventName, EventArgs args, int index = 0) => Dispatcher.InvokeAsync(() =>
    {
        // The part under test is the first component of a renderer of its own, and so its number is 0.
        var handler = HandlersOf(0, eventName)[index];
        return DispatchEventAsync(handler, null, args);
    });

    /// <summary>Takes the part off the page.</summary>
    public async Task LeaveAsync() => await DisposeAsync();

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        // The base class draws on no screen: it must be told that drawing is done, or OnAfterRender never runs.
        _ = base.UpdateDisplayAsync(renderBatch);
        return Task.CompletedTask;
    }

    private List<ulong> HandlersOf(int componentId, string eventName)
    {
        var frames = GetCurrentRenderTreeFrames(componentId);
        var found = new List<ulong>();
        for (var i = 0; i < frames.Count; i++)
        {
            ref var frame = ref frames.Array[i];
            if (frame.FrameType == RenderTreeFrameType.Attribute && frame.AttributeEventHandlerId > 0 && frame.AttributeName == eventName)
            {
                found.Add(frame.AttributeEventHandlerId);
            }
            else if (frame.FrameType == RenderTreeFrameType.Component)
            {
                found.AddRange(HandlersOf(frame.ComponentId, eventName));
            }
        }

        return found;
    }
#pragma warning restore BL0006
}
