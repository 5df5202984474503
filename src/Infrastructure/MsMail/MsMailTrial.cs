using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.MsMail;

/// <summary>Converts a message for an MS Mail post office without writing a file, to see whether it can be done.</summary>
internal static class MsMailTrial
{
    /// <summary>Why it cannot be converted, as a sentence; null when it can.</summary>
    /// <param name="settings">Of the connector, as they are stored.</param>
    public static string? Fault(string settings, MimeMessage message, MailAddress? sender, MailAddress recipient, DateTimeOffset acceptedAt)
    {
        MsMailConnectorSettings set;
        try
        {
            set = SettingsJson.Read<MsMailConnectorSettings>(settings);
        }
        catch (System.Text.Json.JsonException e)
        {
            return $"The settings of its connector cannot be read: {e.Message}";
        }

        if (recipient is not MsMailAddress to)
        {
            return $"{recipient} is not an MS Mail address.";
        }

        if (set.MessageSizeLimit is { } limit && message.Content.Length > limit * 1024)
        {
            return $"The message has {message.Content.Length:N0} bytes; {set.PostOfficeName} takes at most {limit:N0} KB.";
        }

        try
        {
            return Fault(set.Profile(BodyGap.Unknown), message, sender, to, acceptedAt);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The same boundary as on the way out: whatever is wrong with a message concerns it alone.
            return $"The message could not be converted to MS Mail: {e.Message}";
        }
    }

    private static string? Fault(MsMailProfile profile, MimeMessage message, MailAddress? sender, MsMailAddress recipient, DateTimeOffset acceptedAt)
    {
        var output = ToMsMail.Convert(new MsMailRequest
        {
            Message = message,
            Deliveries = [new MsMailDelivery(recipient, RecipientClass.To, recipient.Text)],
            Originator = sender switch
            {
                MsMailAddress native => MsMailOriginator.OfEntry(native),
                SmtpAddress smtp => MsMailOriginator.OfStranger(smtp, profile, _ => null),
                _ => MsMailOriginator.OfNobody(profile),
            },
            Profile = profile,
            HtmlToText = HtmlText.Of,
            AcceptedAt = acceptedAt,
        });
        var nowhere = new Nowhere();
        foreach (var outgoing in output.Messages)
        {
            MmffWriter.Prepare(outgoing.Message, profile).WriteTo(nowhere);
        }

        return output.Refused is [var refused, ..] ? refused.Reason : null;
    }
}
