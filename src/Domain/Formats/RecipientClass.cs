namespace Postern.Domain.Formats;

/// <summary>On which header line a recipient stands.</summary>
public enum RecipientClass
{
    To,
    Cc,
    Bcc,
}
