namespace Postern.Lab;

/// <summary>Exit codes of IMPORT and EXPORT (KB Q180641, Q223772, Q233164, Q179072) and of the lab itself.</summary>
internal static class ResultCode
{
    public const int Done = 0;

    /// <summary>Did not complete; the input stays.</summary>
    public const int Incomplete = 1;

    /// <summary>Wrong post office name, password or folder, or a switch that is not known.</summary>
    public const int Configuration = 3;

    /// <summary>Another process has the post office.</summary>
    public const int Locked = 4;

    /// <summary>Something could not be delivered; read the .und file.</summary>
    public const int Undeliverable = 5;

    /// <summary>The lab was misused, which the original could not be: never handled as a mail failure.</summary>
    public const int Misuse = 70;
}
