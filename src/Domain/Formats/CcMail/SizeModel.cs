namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// How IMPORT and EXPORT lay out sizes. Public documents do not settle it; both readings reproduce the one printed sample (Q184052).
/// </summary>
public enum SizeModel
{
    Unknown,

    /// <summary>Size padded to 10 columns; after each block's data one line end that belongs to the enclosing block.</summary>
    A,

    /// <summary>Size padded to 12 columns; blocks touch.</summary>
    B,
}

/// <summary>What the peer's own files show about its size model, so that the writer can follow it (both programs share the format).</summary>
public static class LearnedModel
{
    /// <summary>The model all telling messages agree on; <see cref="SizeModel.Unknown"/> when none tells or they disagree.</summary>
    public static SizeModel From(IEnumerable<CcMailMessage> messages)
    {
        var seen = SizeModel.Unknown;
        foreach (var message in messages)
        {
            if (message.SizeModel == SizeModel.Unknown || (message.Faults & (ReadFault.WrongSize | ReadFault.Unreadable)) != 0)
            {
                continue;
            }

            if (seen != SizeModel.Unknown && seen != message.SizeModel)
            {
                return SizeModel.Unknown;
            }

            seen = message.SizeModel;
        }

        return seen;
    }

    internal static int Width(SizeModel model) => model == SizeModel.B ? 12 : 10;
}
