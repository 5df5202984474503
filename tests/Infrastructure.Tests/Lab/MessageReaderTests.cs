using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class MessageReaderTests
{
    private static readonly Message Sample = LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES", "cc: Doe, Jane at SITE1") with
    {
        Items =
        [
            Item.Text("Hello\r\n"u8.ToArray()),
            new Item(Item.FileKind, "A.BIN 3/13/98 4:50PM", "\r\nContents:\r\n3\r\nText item:\r\n9\r\n"u8.ToArray()),
            Item.Text([]),
        ],
    };

    [Theory]
    [InlineData('A')]
    [InlineData('B')]
    public void Reads_what_is_written_in_both_models(char model)
    {
        var form = new MessageForm(true, model, OemText.Western);
        byte[] file = [.. form.Write(Sample), .. form.Write(Sample), 0x1A];

        var messages = MessageReader.ReadAll(file, true, OemText.Western, out var fault);

        fault.ShouldBeNull();
        messages.Count.ShouldBe(2);
        messages[1].Header.ShouldBe(Sample.Header);
        messages[1].Items.Select(item => item.Data.ToArray()).ShouldBe(Sample.Items.Select(item => item.Data.ToArray()));
    }

    [Theory]
    [InlineData('A')]
    [InlineData('B')]
    public void Every_truncation_ends_with_a_fault(char model)
    {
        var file = new MessageForm(true, model, OemText.Western).Write(Sample);
        var needed = model == 'A' ? file.Length - 2 : file.Length;
        for (var length = 1; length < needed; length++)
        {
            var messages = MessageReader.ReadAll(file.AsMemory(0, length), true, OemText.Western, out var fault);
            (fault is not null || messages.Count == 0).ShouldBeTrue($"cut at {length}");
            MessageReader.ReadAll(file.AsMemory(0, length), false, OemText.Western, out _);
        }
    }

    [Fact]
    public void A_hundred_thousand_mutations_end_with_a_value_or_a_fault()
    {
        const int seed = 20261121;
        var random = new Random(seed);
        var original = MessageForm.Lab.Write(Sample);
        for (var i = 0; i < 100_000; i++)
        {
            var file = (byte[])original.Clone();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                file[random.Next(file.Length)] = (byte)random.Next(256);
            }

            Should.NotThrow(() => MessageReader.ReadAll(file, i % 2 == 0, OemText.Western, out _), $"seed {seed}, mutation {i}");
        }
    }

    [Theory]
    [InlineData("850", "Grüße Ærø é")]
    [InlineData("437", "Grüße æ é ß")]
    public void Code_pages_hold_their_letters(string page, string text)
    {
        var oem = OemText.For(page);

        oem.Decode(oem.Encode(text)).ShouldBe(text);
        oem.Encode("€").ShouldBe("?"u8.ToArray());
        Enumerable.Range(0, 256).ShouldAllBe(b => oem.Encode(oem.Decode(new[] { (byte)b }))[0] == b);
    }
}
