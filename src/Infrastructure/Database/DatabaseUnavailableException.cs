namespace Postern.Infrastructure.Database;

/// <summary>The database cannot be reached or started. The message is one sentence for the operator; programs end with 69.</summary>
public sealed class DatabaseUnavailableException : Exception
{
    public DatabaseUnavailableException(string message)
        : base(message)
    {
    }

    public DatabaseUnavailableException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
