namespace Postern.Lab.CcMail;

/// <summary>What IMPORT finds wrong with a message before it delivers: with its form, with the whole of it, with single recipients.</summary>
internal sealed class Inspection
{
    public const string UnknownDate = "Unknown Date Format";
    public const string ItemError = "Disk error in creating message item";
    public const string HeaderFull = "Header Buffer Full";

    private const int MostItems = 20;

    private readonly Dictionary<int, string> failures = [];

    private Inspection(Message message) => Message = message;

    public Message Message { get; }

    /// <summary>Why IMPORT gives up on the run, or null.</summary>
    public string? Malformed { get; private set; }

    /// <summary>Why nobody gets the message, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>A known fault of the program makes it wait for ever on this message.</summary>
    public bool HangsProgram { get; private set; }

    public bool HasFailures => Refusal is not null || failures.Count > 0;

    public IEnumerable<HeaderLine> GoodRecipients => Refusal is null
        ? Message.Header.Where((line, i) => line.IsRecipient && !failures.ContainsKey(i))
        : [];

    public static Inspection Of(Message message, PostOfficeSettings settings, MailDrop drop, IEnumerable<Fault> rejections)
    {
        var inspection = new Inspection(message)
        {
            Malformed = FindMissing(message),
            HangsProgram = Hangs(message, settings.ImportVersion),
            Refusal = !message.HasContents || message.Items.Count > MostItems ? ItemError
                : !DateText.IsReadable(message.Value("Date") ?? "", settings.DateOrder) ? UnknownDate
                : null,
        };
        inspection.CheckRecipients(settings, drop, [.. rejections]);
        return inspection;
    }

    /// <summary>The reason for the recipient in that header line, or null.</summary>
    public string? FailureAt(int index) => failures.GetValueOrDefault(index);

    private static string? FindMissing(Message message) =>
        message.From.Length == 0 ? "From: is missing or empty"
        : message.Value("Subject") is null ? "Subject: is missing"
        : !message.Recipients.Any() ? "no recipient"
        : null;

    private static bool Hangs(Message message, Version version) =>
        (version.Major >= 8 && message.Header.Any(line => (line.IsRecipient || line.Is("From")) && line.Value.AsSpan().ContainsAny('[', ']')))
        || (version >= new Version(8, 3)
            && message.Subject.Contains('[', StringComparison.Ordinal)
            && message.Subject.Contains(']', StringComparison.Ordinal));

    private void CheckRecipients(PostOfficeSettings settings, MailDrop drop, List<Fault> rejections)
    {
        var (bytes, count) = (0, 0);
        for (var i = 0; i < Message.Header.Count; i++)
        {
            var line = Message.Header[i];
            bytes += line.ToString().Length + 2;
            if (!line.IsRecipient)
            {
                continue;
            }

            count++;
            var rejection = rejections.FirstOrDefault(fault => fault.Holds("to", line.Value));
            var reason = bytes > settings.HeaderLimit || count > settings.RecipientLimit ? HeaderFull
                : rejection is not null ? rejection.Detail("reason", PostOfficeRoutes.UnknownRecipient)
                : (drop.Resolve(line.Value).Route as Route.Failed)?.Reason;
            if (reason is not null)
            {
                failures[i] = reason;
            }
        }
    }
}
