using System.Collections.Frozen;

namespace Postern.Domain.Conversion;

/// <summary>
/// The old systems know files by their extension, the internet by a media type: one table for both ways. What is not in it is
/// <c>application/octet-stream</c>, which every reader can save.
/// </summary>
public static class FileTypes
{
    public const string Unknown = "application/octet-stream";

    // Media type and its extensions; the first one names a file that came without a name
    private const string Table = """
        text/plain txt asc log ini me diz
        text/html htm html
        text/csv csv
        text/calendar ics
        text/vcard vcf
        text/xml xml
        text/markdown md
        message/rfc822 eml
        image/jpeg jpg jpeg jpe
        image/gif gif
        image/png png
        image/tiff tif tiff
        image/bmp bmp dib
        image/x-pcx pcx
        image/x-dcx dcx
        image/wmf wmf
        image/webp webp
        image/svg+xml svg
        image/heic heic
        audio/mpeg mp3
        audio/wav wav
        audio/midi mid midi
        video/mpeg mpg mpeg
        video/mp4 mp4
        video/quicktime mov
        video/x-msvideo avi
        application/pdf pdf
        application/postscript ps eps ai
        application/rtf rtf
        application/zip zip
        application/gzip gz
        application/x-tar tar
        application/x-7z-compressed 7z
        application/json json
        application/msword doc dot
        application/vnd.ms-excel xls xlt xlw
        application/vnd.ms-powerpoint ppt pps pot
        application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
        application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
        application/vnd.oasis.opendocument.text odt
        application/vnd.oasis.opendocument.spreadsheet ods
        application/vnd.lotus-1-2-3 123 wk1 wk3 wk4 wks
        application/vnd.lotus-wordpro lwp sam
        application/vnd.lotus-freelance prz pre
        application/vnd.ms-project mpp
        application/vnd.ms-tnef dat
        application/pkcs7-mime p7m
        application/pkcs7-signature p7s
        application/pgp-signature asc
        application/x-macbinary bin
        """;

    private static readonly FrozenDictionary<string, string> Types = Build(byExtension: true);
    private static readonly FrozenDictionary<string, string> Extensions = Build(byExtension: false);

    /// <summary>The media type for a file name. A name never says application/ms-tnef: such a label would hide the file (Q174890).</summary>
    public static string MediaTypeOf(string fileName)
    {
        var dot = fileName.LastIndexOf('.');
        return dot >= 0 && Types.TryGetValue(fileName[(dot + 1)..], out var type) ? type : Unknown;
    }

    public static bool IsKnownExtension(string fileName) => MediaTypeOf(fileName) != Unknown;

    /// <summary>The extension with its dot for a media type; <c>.bin</c> for one that is not in the table.</summary>
    public static string ExtensionOf(string mediaType) => "." + Extensions.GetValueOrDefault(mediaType, "bin");

    private static FrozenDictionary<string, string> Build(bool byExtension)
    {
        var table = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Table.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (!byExtension)
            {
                table.TryAdd(words[0], words[1]);
                continue;
            }

            foreach (var extension in words.Skip(1).Where(e => e != "dat"))
            {
                table.TryAdd(extension, words[0]);
            }
        }

        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
