using System.Text;

namespace Postern.Lab.CcMail;

/// <summary>
/// Text of a post office: one byte a character in an OEM code page (formats 1). Own tables, because the code page
/// provider costs more at start than everything else that IMPORT does.
/// </summary>
internal sealed class OemText
{
    private const string Page437 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ" +
        "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
        "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀" +
        "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

    private const string Page850 =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ" +
        "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐" +
        "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀" +
        "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0";

    private readonly string upperHalf;
    private readonly Dictionary<char, byte> bytes = [];

    private OemText(string upperHalf)
    {
        this.upperHalf = upperHalf;
        for (var i = 0; i < upperHalf.Length; i++)
        {
            bytes[upperHalf[i]] = (byte)(128 + i);
        }
    }

    /// <summary>Western Europe, the default of the lab.</summary>
    public static OemText Western { get; } = new(Page850);

    /// <summary>The code page with that number.</summary>
    public static OemText For(string number) => number switch
    {
        "437" => new OemText(Page437),
        "850" => Western,
        _ => throw new MisuseException($"The lab knows code pages 437 and 850, not {number}."),
    };

    public string Decode(ReadOnlySpan<byte> text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in text)
        {
            result.Append(b < 128 ? (char)b : upperHalf[b - 128]);
        }

        return result.ToString();
    }

    /// <summary>What the page does not hold becomes a question mark.</summary>
    public byte[] Encode(string text)
    {
        var result = new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            result[i] = text[i] < 128 ? (byte)text[i] : bytes.GetValueOrDefault(text[i], (byte)'?');
        }

        return result;
    }
}
