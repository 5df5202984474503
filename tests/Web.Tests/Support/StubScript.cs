using Microsoft.JSInterop;

namespace Postern.Web.Tests.Support;

/// <summary>Takes calls to the browser's script and remembers their names.</summary>
internal sealed class StubScript : IJSRuntime
{
    public List<string> Calls { get; } = [];

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, default, args);

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args)
    {
        Calls.Add(identifier);
        return ValueTask.FromResult<TValue>(default!);
    }
}
