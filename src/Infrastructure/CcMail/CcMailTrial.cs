using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Mime;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.CcMail;

/// <summary>Converts a message for a cc:Mail post office without writing a file, to see whether it can be done.</summary>
internal static class CcMailTrial
{
    /// <summary>Why it cannot be converted, as a sentence; null when it can.</summary>
    /// <param name="settings">Of the connector, as they are stored.</param>
    public static string? Fault(string settings, MimeMessage message, MailAddress? sender, MailAddress recipient, DateTimeOffset acceptedAt)
    {
        CcMailConnectorSettings set;
        try
        {
            set = SettingsJson.Read<CcMailConnectorSettings>(settings);
        }
        catch (System.Text.Json.JsonException e)
        {
            return $"The settings of its connector cannot be read: {e.Message}";
        }

        if (recipient is not CcMailAddress to)
        {
            return $"{recipient} is not a cc:Mail address.";
        }

        if (set.MessageSizeLimit is { } limit && message.Content.Length > limit * 1024)
        {
            return $"The message has {message.Content.Length:N0} bytes; {set.PostOfficeName} takes at most {limit:N0} KB.";
        }

        try
        {
            var profile = set.Profile(new LearnedFacts());
            var output = ToCcMail.Convert(new CcMailRequest
            {
                Message = message,
                Deliveries = [new CcMailDelivery(to, RecipientClass.To, recipient.Text)],
                Originator = (sender switch
                {
                    null => Originator.OfNobody(profile),
                    CcMailAddress native => Originator.OfEntry(native),
                    SmtpAddress smtp => Originator.OfStranger("", smtp, profile),
                    _ => Originator.OfNobody(profile),
                }).Text,
                Profile = profile,
                HtmlToText = HtmlText.Of,
                AcceptedAt = acceptedAt,
            });
            var nowhere = new Nowhere();
            foreach (var file in output.Files)
            {
                file.File.WriteTo(nowhere);
            }

            return null;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The same boundary as on the way out: whatever is wrong with a message concerns it alone.
            return $"The message could not be converted to cc:Mail: {e.Message}";
        }
    }
}
