using Postern.Infrastructure.Tests.Support;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Tests.Watch;

public sealed class InboundFilesTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestClock clock = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    [Trait("source", "Q148707")]
    public async Task What_EXPORT_wrote_and_nobody_has_read_waits_to_come_in_and_is_stranded_after_a_cycle()
    {
        Make("ccmail/sales/Export");
        Make("ccmail/sales/Work", ("00000A1B.ccm", 1), ("00000A1C.CCM", 4), ("00000A1B-X.und", 90), ("READ.ME", 90));

        (await SalesAsync()).ShouldBe(new InboundWaiting(2, clock.GetUtcNow().AddMinutes(-4), IsStranded: false));
        Make("ccmail/sales/Export", ("MSG0A1D.CCM", 6));
        (await SalesAsync()).ShouldBe(new InboundWaiting(3, clock.GetUtcNow().AddMinutes(-6), IsStranded: true));
        Directory.Delete(folder["ccmail/sales/Export"], recursive: true);
        (await SalesAsync()).ShouldBeNull("what cannot be seen is not called empty");
    }

    [Fact]
    [Trait("source", "Q148707")]
    public async Task What_lies_in_an_exchange_folder_waits_too_whoever_wrote_it()
    {
        Make("msmail/harbor/Get");
        Make("msmail/harbor/Work", ("00000001.GET", 0));
        Make("exchange", ("MAIL1.GET", 3), ("00000002.TKN", 2), ("OURS.PUT", 60));

        (await InboundAsync("harbor", "msmail", $$"""{"transport": "Folder", "exchangeFolder": "{{folder["exchange"]}}"}"""))
            .ShouldBe(new InboundWaiting(3, clock.GetUtcNow().AddMinutes(-3), IsStranded: false));
        // A slow poll has a longer cycle.
        Make("exchange", ("MAIL0.GET", 20));
        (await InboundAsync("harbor", "msmail", $$"""{"transport": "Folder", "exchangeFolder": "{{folder["exchange"]}}", "secondsBeforeGet": 600}""")).ShouldNotBeNull().IsStranded.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connector_without_files_has_none() => (await InboundAsync("backbone", "smtp", "{}")).ShouldBeNull();

    private Task<InboundWaiting?> SalesAsync() => InboundAsync("sales", "ccmail", "{}");

    private Task<InboundWaiting?> InboundAsync(string name, string kind, string settings) => new InboundFiles(folder[""], clock).OfAsync(name, kind, settings, default);

    private void Make(string path, params ReadOnlySpan<(string Name, int Minutes)> files)
    {
        Directory.CreateDirectory(folder[path]);
        foreach (var (name, minutes) in files)
        {
            var file = Path.Combine(folder[path], name);
            File.WriteAllText(file, "x");
            File.SetLastWriteTimeUtc(file, clock.GetUtcNow().AddMinutes(-minutes).UtcDateTime);
        }
    }
}
