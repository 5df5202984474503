using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Postern.Infrastructure.Tests.Support;

/// <summary>Keeps what is logged: level, event id and text of each line.</summary>
public class RecordingLogger : ILogger
{
    private readonly ConcurrentQueue<string> lines = new();

    /// <summary>Such as <c>Warning 2060 The state …</c>.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)}");
}

/// <summary>The same for a class that asks for a logger of its own.</summary>
public sealed class RecordingLogger<T> : RecordingLogger, ILogger<T>;

/// <summary>One log for all that ask for a logger.</summary>
public sealed class RecordingLoggers : ILoggerFactory
{
    public RecordingLogger Log { get; } = new();

    public ILogger CreateLogger(string categoryName) => Log;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
