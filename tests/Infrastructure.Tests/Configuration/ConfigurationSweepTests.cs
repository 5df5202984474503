using Postern.Infrastructure.Configuration;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Infrastructure.Tests.Configuration;

/// <summary>Whatever stands in a configuration text, it is read or refused with faults that say where.</summary>
public sealed class ConfigurationSweepTests
{
    [Fact]
    public void A_configuration_is_read() => Text(
        [
            "sites: [{name: S, smtpDomains: [s.example]}]\nentries: [{displayName: A, native: \"CCMAIL:A, B at C\", proxies: [a@s.example]}]\n",
            "connectors:\n  - name: x\n    kind: smtp\n    settings: {smartHosts: [a.example], idleTimeout: 5s}\n",
        ],
        [
            "{", "}", "[", "]", ":", ": ", ",", "- ", "#", "&a ", "*a", "!", "!!", "|", ">", "'", "\"", "%", "@", "`", "\n", "\t", "---\n", "...\n", "? ", "<<: ", "\\x", "\\ud800", "\u00a0", "\u2028",
            "\ufffe", "\ud800", "\0", "name: ", "kind: ", "secret: ", "listeners:\n",
        ],
        text =>
        {
            var faults = new FaultList();
            new ConfigurationReader(SettingsCatalog.Known, faults).Read(text);
            Demand(faults.InOrder().All(fault => fault.Text.Length > 0), "a fault has words");
        });

    [Fact]
    public void A_time_is_read() => Text(["90s", "15m", "4h", "5d", "00:01:30", "1.02:03:04.5"], ["s", "m", "h", "d", ":", ".", "-", "99999999999999999999", " "], text =>
        Demand(!SettingsText.TryReadTime(text, out var time) || SettingsText.TryReadTime(SettingsText.Short(time), out var again) && again == time, "a time that was read can be written and read again"));
}
