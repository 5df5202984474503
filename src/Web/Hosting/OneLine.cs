using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Postern.Web.Components.Shared;

namespace Postern.Web.Hosting;

/// <summary>One line of the log an event: what peers said stands in it as marks, so that nothing they send forges a line or acts on the terminal that shows it.</summary>
public sealed class OneLine(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    /// <summary>Name that the configuration of the log knows it by.</summary>
    public const string FormatterName = "postern";

    // A stack of an exception fits; a message that somebody has blown up does not.
    private const int Longest = 20_000;

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var failure = logEntry.Exception is { } exception ? $" {exception}" : "";
        textWriter.Write(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z' ", CultureInfo.InvariantCulture));
        textWriter.WriteLine(VisibleText.Of($"{Word(logEntry.LogLevel)}: {logEntry.Category}[{logEntry.EventId.Id}] {text}{failure}", Longest));
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
