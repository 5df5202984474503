using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Infrastructure.Smtp.Sending;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Configuration;

/// <summary>Keeps docs/CONFIGURATION.md in step with the settings records; with POSTERN_ACCEPT=1 its tables are written anew.</summary>
public sealed class ConfigurationDocumentTests
{
    private static string DocumentPath => Path.Combine(RepositoryRoot(), "docs", "CONFIGURATION.md");

    [Fact]
    public void Every_setting_stands_in_the_document_with_its_default_and_meaning()
    {
        var text = File.ReadAllText(DocumentPath);
        var current = Tables().Aggregate(text, (whole, table) => Replace(whole, table.Name, table.Text));
        if (Environment.GetEnvironmentVariable("POSTERN_ACCEPT") == "1")
        {
            File.WriteAllText(DocumentPath, current);
        }

        text.ShouldBe(current, "docs/CONFIGURATION.md is behind the code; run this test with POSTERN_ACCEPT=1");
    }

    [Fact]
    public async Task The_example_can_be_applied_as_it_stands()
    {
        await using var database = await TestDatabase.CreateAsync();
        var text = await File.ReadAllTextAsync(DocumentPath);
        var start = text.IndexOf("```yaml\n", StringComparison.Ordinal) + 8;
        var example = text[start..text.IndexOf("```", start, StringComparison.Ordinal)];

        var result = await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(example, new Operator("local:tester", [Role.Administrator], ""), default);

        result.Faults.ShouldBeEmpty();
        result.Notes.Count.ShouldBe(2);
    }

    private static IEnumerable<(string Name, string Text)> Tables() =>
    [
        ("smtp", Table(SettingsCatalog.Known.Connector("smtp")!, typeof(SmtpConnectorSettings))),
        ("ccmail", Table(SettingsCatalog.Known.Connector("ccmail")!, typeof(CcMailConnectorSettings))),
        ("msmail", Table(SettingsCatalog.Known.Connector("msmail")!, typeof(MsMailConnectorSettings))),
        ("listener", Table(SettingsCatalog.Known.Listener, typeof(ListenerSettings))),
    ];

    private static string Table(SettingsShape shape, Type type)
    {
        var table = new StringBuilder("| Key | Default | Meaning |\n|---|---|---|\n");
        Rows(table, "", shape.Members, type);
        return table.ToString();
    }

    private static void Rows(StringBuilder table, string prefix, IReadOnlyList<SettingsMember> members, Type type)
    {
        var defaults = (JsonObject)JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, SettingsJson.Options)!;
        foreach (var member in members)
        {
            var property = type.GetProperties().Single(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == member.JsonKey);
            if (SettingsShape.IsRecord(member.Type))
            {
                Rows(table, $"{prefix}{member.Key}.", SettingsShape.MembersOf(member.Type), member.Type);
                continue;
            }

            var key = member.IsSecret ? $"{member.Key}.secret" : member.Key;
            table.Append("| `").Append(prefix).Append(key).Append("` | ").Append(Default(member, defaults[member.JsonKey])).Append(" | ")
                .Append(Meaning(property)).Append(" |\n");
        }
    }

    private static string Default(SettingsMember member, JsonNode? value) => value switch
    {
        null => "none",
        JsonArray { Count: 0 } => "none",
        JsonArray list => $"`{string.Join(' ', list.Select(item => item!.ToString()))}`",
        _ when member.Type == typeof(TimeSpan) => $"`{SettingsText.Short(TimeSpan.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture))}`",
        _ when value.ToString().Length == 0 => "none",
        _ => $"`{value}`",
    };

    // The summary of the property; of an enum also its words.
    private static string Meaning(PropertyInfo property)
    {
        var words = property.PropertyType.IsEnum ? $" One of {string.Join(", ", Enum.GetNames(property.PropertyType).Select(name => $"`{name}`"))}." : "";
        return (SettingMeanings.Of(property) + words).Trim().Replace("|", "\\|");
    }

    private static string Replace(string text, string name, string table)
    {
        var begin = $"<!-- settings {name} -->\n";
        var start = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var end = text.IndexOf("<!-- end -->", start, StringComparison.Ordinal);
        return text[..start] + table + text[end..];
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Console.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
