namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// Splits the recipients of one message so that the header of each part stays below what the programs take; nobody is named twice and
/// no <c>Header Buffer Full</c> comes back (Q166499, Q266711).
/// </summary>
public static class RecipientGroups
{
    /// <summary>
    /// The recipients in order, in as few consecutive groups as the limits allow. <paramref name="message"/> gives the header lines
    /// that every part repeats. A recipient whose own line is longer than the whole limit stands alone. No recipients: one empty group.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<ImportRecipient>> Split(ImportMessage message, CcMailProfile profile)
    {
        var fixedBytes = HeaderBytes(message with { Recipients = [] }, profile);
        var groups = new List<IReadOnlyList<ImportRecipient>>();
        var group = new List<ImportRecipient>();
        var used = fixedBytes;
        foreach (var recipient in message.Recipients)
        {
            var line = ImportHeader.RecipientLine(recipient, profile).Length;
            if (group.Count > 0 && (used + line >= profile.HeaderLimit || group.Count >= profile.RecipientLimit))
            {
                groups.Add(group);
                group = [];
                used = fixedBytes;
            }

            group.Add(recipient);
            used += line;
        }

        groups.Add(group);
        return groups;
    }

    /// <summary>Bytes of all header lines of a message as they would be written.</summary>
    public static int HeaderBytes(ImportMessage message, CcMailProfile profile) =>
        ImportHeader.Lines(message, profile, []).Sum(line => line.Length);
}
