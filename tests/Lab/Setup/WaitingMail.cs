using System.Text;
using Postern.Lab.CcMail;
using Postern.Lab.Client;

namespace Postern.Lab.Setup;

/// <summary>Six mails that people at SALES have sent and that wait for the backbone: the shapes that real mail has.</summary>
internal static class WaitingMail
{
    /// <summary>Subjects in the order of the queue, for those who wait for them at the other end.</summary>
    public static readonly string[] Subjects =
    [
        "Crane hire, week 12", "Survey data and layout", "Tender documents", "Re: Spare parts list", "Depot stock", "Besuch aus Köln",
    ];

    private const int SurveySize = 300 * 1024;

    public static void PutIn(PostOfficeFolder folder)
    {
        Send(folder, "Novak, Petra", 0, ["Farrow, Pia"], [], "Pia,\n\nwe need the 40 t crane for week 12.\n\nPetra");
        Send(
            folder, "Brandt, Uwe", 1, ["someone@partner.example at SITE1"], [], "The data of the north quay and its layout.",
            ("LAYOUT.BIN", FakeKeywords()), ("SURVEY.DAT", Noise(SurveySize)));
        Send(
            folder, "Haddad, Rami", 2, ["Farrow, Pia", "buyer@customer.example at SITE1"], ["Lowe, Patrick", "Quist, Anders"],
            "All,\n\nthe tender closes on Friday.\n\nRami", ("TENDER.WK4", Noise(2_048)));
        Send(folder, "Forsberg, Nils", 3, ["Quist, Anders"], [], "Yes, all of them are in stock.\n\n> Do you have the seals?\n");
        Send(folder, "Mbeki, Thandi", 4, ["Okafor, Ngozi"], [], "Ngozi,\n\nplease count the 20-foot boxes.\n\nThandi", ("EMPTY.TXT", []));
        Send(folder, "Sandoval, Luz", 5, ["someone@partner.example at SITE1"], [], LongText());
    }

    private static void Send(
        PostOfficeFolder folder, string sender, int subject, string[] to, string[] cc, string text, params (string Name, byte[] Data)[] files)
    {
        var draft = new Draft(folder, sender) { Subject = Subjects[subject] };
        draft.Address("To", to);
        draft.Address("cc", cc);
        draft.AddText(text);
        foreach (var (name, data) in files)
        {
            draft.Attach(name, data);
        }

        draft.Send();
    }

    // Bytes that look like the words of the format: a reader that searches for them goes wrong (Q233054)
    private static byte[] FakeKeywords() =>
    [
        0, 1, 2,
        .. Encoding.ASCII.GetBytes("\r\nMessage:\r\n64        \r\nFrom: Nobody at NOWHERE\r\nContents:\r\n7         \r\nText item:\r\n3         \r\n"),
        0x1A, 0, 0xFF, 0x0D,
    ];

    // A fixed sequence without meaning, the same in every lab
    private static byte[] Noise(int length)
    {
        var (bytes, state) = (new byte[length], 2_463_534_242u);
        for (var i = 0; i < length; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            bytes[i] = (byte)state;
        }

        return bytes;
    }

    // More than one text item, with letters beyond ASCII and a line that looks like a keyword
    private static string LongText()
    {
        var text = new StringBuilder("Grüße aus Köln: größere Kräne, neue Maße, gleicher Preis.\n\nContents: see below\n\n");
        for (var i = 1; i <= 400; i++)
        {
            text.Append("Position ").Append(i).Append(": Laufrad, geprüft und für gut befunden, ab Lager lieferbar.\n");
        }

        return text.ToString();
    }
}
