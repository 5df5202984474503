using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.CcMail;

/// <summary>Titles of the file items of one message: name, date and time within 30 bytes, each name once.</summary>
internal sealed class ItemTitles(DateTime messageDate, CcMailProfile profile, List<ConversionLoss> losses)
{
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    public string File(ImportItem.File file)
    {
        var name = Name(file.Name);
        if (profile.UsesVersion8AttachmentFormat)
        {
            return name;
        }

        // A long name comes before its date: 30 bytes rarely hold both
        var page = profile.TextEncoding;
        var stamp = LocalDate.Format(file.Date ?? messageDate, profile.DateOrder, usesTwelveHours: true);
        var date = stamp[..stamp.IndexOf(' ', StringComparison.Ordinal)];
        foreach (var title in (ReadOnlySpan<string>)[$"{name} {stamp}", $"{name} {date}"])
        {
            if (page.GetByteCount(title) <= ImportHeader.TitleLimit)
            {
                return title;
            }
        }

        return name;
    }

    private string Name(string name)
    {
        var page = profile.TextEncoding;
        var fitted = ImportHeader.Value("file name", name, profile, losses);
        var result = profile.UsesLongFileNames
            ? ShortFileName.Bound(fitted, ImportHeader.TitleLimit, page, taken)
            : ShortFileName.Shorten(fitted, page, taken);
        if (result != fitted)
        {
            losses.Add(ConversionLoss.Of(LossKind.Shortened, "file name", name, result));
        }

        return result;
    }
}
