namespace Postern.Infrastructure.Database;

/// <summary>Program and database do not fit together. The message names both versions; programs end with 78.</summary>
public sealed class DatabaseVersionException(string message) : Exception(message);
