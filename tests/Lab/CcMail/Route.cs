namespace Postern.Lab.CcMail;

/// <summary>Where one recipient goes: a mailbox here, the queue of a directly connected post office, or nowhere.</summary>
internal abstract record Route
{
    private Route()
    {
    }

    /// <summary>A mailbox of this post office, by its directory name.</summary>
    public sealed record Mailbox(string Name) : Route;

    /// <summary>The queue of a post office with Locn P.</summary>
    public sealed record Queue(string PostOffice) : Route;

    /// <summary>Cannot be delivered.</summary>
    public sealed record Failed(string Reason) : Route;
}
