using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>How important its sender called a message.</summary>
public enum Importance
{
    Normal,
    High,
    Low,
}

/// <summary>Importance in the headers of internet mail, and as the priority of MS Mail: one table for both ways (Q161936, Q112915).</summary>
public static class MessageImportance
{
    /// <summary>Priority of a message whose sender wants to know that it was read.</summary>
    public const char Registered = 'R';

    /// <summary>Priority that a read receipt itself has.</summary>
    public const char Receipt = 'C';

    public static Importance Of(MimeMessage message)
    {
        var text = message.Root.Header("Importance") ?? message.Root.Header("X-Priority") ?? "";
        return text.Trim() switch
        {
            ['1' or '2', ..] or ['H' or 'h', ..] => Importance.High,
            ['4' or '5', ..] or ['L' or 'l', ..] => Importance.Low,
            _ => Importance.Normal,
        };
    }

    /// <summary>1 is low, 4 and 5 are high, everything else is normal; a registered message is not for that a high one.</summary>
    public static Importance OfPriority(char? priority) => priority switch
    {
        '1' => Importance.Low,
        '4' or '5' => Importance.High,
        _ => Importance.Normal,
    };

    /// <summary>Null for a normal message: the line is left out. 5 needs a right at the post office and is never written.</summary>
    public static char? PriorityOf(Importance importance) => importance switch
    {
        Importance.High => '4',
        Importance.Low => '1',
        _ => null,
    };

    /// <summary>Whether the sender asked to be told that the message was read (RFC 8098; the older fields as the SMTP gateway knew them, Q113824).</summary>
    public static bool AsksForReceipt(MimeMessage message) =>
        (message.Root.Header("Disposition-Notification-To") ?? message.Root.Header("Return-Receipt-To") ?? message.Root.Header("Rr")) is not null;
}
