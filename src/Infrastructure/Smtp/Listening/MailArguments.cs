using System.Globalization;
using Postern.Domain.Addresses;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>What MAIL said: sender and the parameters SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET and ENVID (RFC 3461).</summary>
internal sealed record MailArguments
{
    // RFC 3461 section 4.4.
    private const int LongestEnvelopeId = 100;

    private MailArguments()
    {
    }

    /// <summary>Null is the null sender.</summary>
    public SmtpAddress? Sender { get; private init; }

    /// <summary>Bytes the client means to send; 0 when it did not say.</summary>
    public long DeclaredSize { get; private set; }

    public bool IsUtf8 { get; private set; }

    public bool ReturnsHeaders { get; private set; }

    /// <summary>Decoded; empty when none was given.</summary>
    public string EnvelopeId { get; private set; } = "";

    /// <summary>Reads what follows <c>MAIL</c>.</summary>
    public static bool TryParse(string argument, out MailArguments arguments, out SmtpReply fault)
    {
        arguments = new MailArguments();
        if (!argument.StartsWith("FROM:", StringComparison.OrdinalIgnoreCase))
        {
            fault = EsmtpParameters.Bad("Say MAIL FROM:<address>");
            return false;
        }

        if (!PathParser.TryRead(argument[5..], out var path, out var rest, out var pathFault))
        {
            fault = new SmtpReply(501, "5.1.7", pathFault);
            return false;
        }

        if (path.IsPostmaster)
        {
            fault = new SmtpReply(501, "5.1.7", "The sender needs a domain");
            return false;
        }

        arguments = new MailArguments { Sender = path.Address };
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

        fault = Replies.SenderNeedsUtf8;
        return arguments.IsUtf8 || path.Address is not { NeedsUtf8: true };
    }

    private SmtpReply? Take(EsmtpParameter parameter)
    {
        switch (parameter.Keyword)
        {
            case "SIZE":
                return TakeSize(parameter.Value);
            case "BODY":
                // Whether the content needs eight bits is seen in the content itself.
                return parameter.Value?.ToUpperInvariant() is "7BIT" or "8BITMIME" ? null : EsmtpParameters.Bad("BODY is 7BIT or 8BITMIME");
            case "SMTPUTF8":
                IsUtf8 = true;
                return parameter.Value is null ? null : EsmtpParameters.Bad("SMTPUTF8 takes no value");
            case "RET":
                ReturnsHeaders = string.Equals(parameter.Value, "HDRS", StringComparison.OrdinalIgnoreCase);
                return parameter.Value?.ToUpperInvariant() is "FULL" or "HDRS" ? null : EsmtpParameters.Bad("RET is FULL or HDRS");
            case "ENVID":
                return TakeEnvelopeId(parameter.Value);
            default:
                return EsmtpParameters.Unknown(parameter.Keyword);
        }
    }

    private SmtpReply? TakeSize(string? value)
    {
        // RFC 1870 section 6 allows twenty digits, which do not fit; whatever does not fit is too large anyway.
        if (value is null || value.Length > 20 || !value.All(char.IsAsciiDigit))
        {
            return EsmtpParameters.Bad("SIZE is a number of at most 20 digits");
        }

        DeclaredSize = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : long.MaxValue;
        return null;
    }

    private SmtpReply? TakeEnvelopeId(string? value)
    {
        if (value is null || value.Length > LongestEnvelopeId || !Xtext.TryDecode(value, out var decoded))
        {
            return EsmtpParameters.Bad($"ENVID is xtext of at most {LongestEnvelopeId} characters");
        }

        EnvelopeId = decoded;
        return null;
    }
}
