namespace Postern.Infrastructure.Connectors;

/// <summary>The post office cannot be reached; the message is the sentence for the connector's page.</summary>
public sealed class PostOfficeUnreachableException(string message) : Exception(message);

/// <summary>The intake takes nothing now; the message is the sentence for the connector's page.</summary>
public sealed class IntakeUnavailableException(string message) : Exception(message);

/// <summary>A file of the post office that the system does not let be read; the message is the sentence for the operator.</summary>
public sealed class WorkFileUnreadableException(string message) : Exception(message);

/// <summary>A program of an earlier process still has the post office and cannot be ended; the message is the sentence for the operator.</summary>
public sealed class ProgramStillRunningException(string message) : Exception(message);
