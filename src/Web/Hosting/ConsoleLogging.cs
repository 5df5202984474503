namespace Postern.Web.Hosting;

/// <summary>The log as a person reads it: one line an event, times in UTC, Postern's own events at Information, the framework's at Warning.</summary>
public static class ConsoleLogging
{
    /// <param name="hasStarted">Until then a failure ends the start, and whoever started it says why, in a sentence.</param>
    public static void Configure(ILoggingBuilder logging, Func<bool> hasStarted)
    {
        logging.ClearProviders();
        logging.AddConsoleFormatter<OneLine, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        // Standard output is for what people and scripts wait for: the addresses, the first password, Ready.
        logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = OneLine.FormatterName;
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && hasStarted());
        logging.AddFilter("Postern", LogLevel.Information);
    }
}
