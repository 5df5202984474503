using Postern.Domain.Queue;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What RCPT said: recipient and the parameters NOTIFY and ORCPT (RFC 3461).</summary>
internal sealed record RcptArguments
{
    // RFC 3461 section 4.2.
    private const int LongestOriginalRecipient = 500;

    private RcptArguments()
    {
    }

    public SmtpPath Path { get; private init; }

    public Notify Notify { get; private set; }

    /// <summary><c>type;address</c>, decoded; null when none was given.</summary>
    public string? OriginalRecipient { get; private set; }

    /// <summary>Reads what follows <c>RCPT</c>.</summary>
    public static bool TryParse(string argument, bool isUtf8, out RcptArguments arguments, out SmtpReply fault)
    {
        arguments = new RcptArguments();
        if (!argument.StartsWith("TO:", StringComparison.OrdinalIgnoreCase))
        {
            fault = EsmtpParameters.Bad("Say RCPT TO:<address>");
            return false;
        }

        if (!PathParser.TryRead(argument[3..], out var path, out var rest, out var pathFault) || path.IsNull)
        {
            fault = new SmtpReply(501, "5.1.3", pathFault.Length > 0 ? pathFault : "A recipient needs an address");
            return false;
        }

        arguments = new RcptArguments { Path = path };
        if (!EsmtpParameters.TryParse(rest, out var parameters, out fault))
        {
            return false;
        }

        foreach (var parameter in parameters)
        {
            if (arguments.Take(parameter) is { } refusal)
            {
                fault = refusal;
                return false;
            }
        }

        fault = Replies.RecipientNeedsUtf8;
        return isUtf8 || path.Address is not { NeedsUtf8: true };
    }

    private SmtpReply? Take(EsmtpParameter parameter)
    {
        switch (parameter.Keyword)
        {
            case "NOTIFY":
                var isNotify = TryParseNotify(parameter.Value, out var notify);
                Notify = notify;
                return isNotify ? null : EsmtpParameters.Bad("NOTIFY is NEVER, or a list of SUCCESS, FAILURE and DELAY");
            case "ORCPT":
                var isOriginal = TryParseOriginal(parameter.Value, out var original);
                OriginalRecipient = original;
                return isOriginal ? null : EsmtpParameters.Bad("ORCPT is type;address, the address in xtext");
            default:
                return EsmtpParameters.Unknown(parameter.Keyword);
        }
    }

    private static bool TryParseNotify(string? value, out Notify notify)
    {
        notify = Notify.Unspecified;
        foreach (var word in value?.Split(',') ?? [])
        {
            Notify? flag = word.ToUpperInvariant() switch
            {
                "NEVER" => Notify.Never,
                "SUCCESS" => Notify.Success,
                "FAILURE" => Notify.Failure,
                "DELAY" => Notify.Delay,
                _ => null,
            };
            if (flag is null)
            {
                return false;
            }

            notify |= flag.Value;
        }

        // NEVER stands alone (RFC 3461 section 4.1).
        return notify != Notify.Unspecified && (notify == Notify.Never || !notify.HasFlag(Notify.Never));
    }

    private static bool TryParseOriginal(string? value, out string? original)
    {
        original = null;
        var semicolon = value?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        if (value is null || semicolon <= 0 || semicolon == value.Length - 1 || value.Length > LongestOriginalRecipient)
        {
            return false;
        }

        var type = value[..semicolon];
        if (!type.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            return false;
        }

        var address = value[(semicolon + 1)..];
        var isUtf8 = type.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        if (isUtf8 ? !Xtext.TryDecodeUtf8Address(address, out var decoded) : !Xtext.TryDecode(address, out decoded))
        {
            return false;
        }

        original = $"{type};{decoded}";
        return true;
    }
}
