using System.Text;
using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class CsvPartnerTests : IDisposable
{
    private static readonly OwnNames Rule = new();

    private readonly TestFolder folder = new();
    private CsvSettings settings;

    public CsvPartnerTests() => settings = new CsvSettings { ReadFile = folder["in.csv"], WriteFile = folder["out.csv"], Rest = TimeSpan.Zero };

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_table_is_read_by_the_titles_of_its_columns_and_a_bad_line_keeps_nobody_up()
    {
        Write("GUID;Display Name;E-Mail;Abteilung\r\n7;\"Doe; Jane\";jane@site2.example;Sales\r\n8;Roe;nowhere;\r\n9;Poe;poe@site2.example;\r\n");
        settings = settings with { Separator = ";", Columns = ["department = Abteilung"] };

        var (records, result) = await ReadAsync();

        result.IsComplete.ShouldBeTrue();
        records.Select(record => record.Entry?.Name ?? record.Fault!.Sentence).ShouldBe(["Doe; Jane", "“nowhere” is no address: An internet address needs a name, an @ and a domain.", "Poe"]);
        (records[0].Entry!.SourceId, records[0].Entry!.Values["department"], records[0].Entry!.Source).ShouldBe(("GUID:7", "Sales", "line 2"));
        records.ShouldAllBe(record => record.Held == null);
    }

    [Theory]
    [InlineData(850, "Straße Jörg")]
    [InlineData(1252, "Straße “Jörg”")]
    [InlineData(65001, "İ ß 日本 𝔘")]
    public async Task A_table_of_any_code_page_is_read(int page, string name)
    {
        File.WriteAllBytes(settings.ReadFile, CodePagesEncodingProvider.Instance.GetEncoding(page)?.GetBytes(Table(name)) ?? Encoding.UTF8.GetBytes(Table(name)));
        settings = settings with { CodePage = page };

        (await ReadAsync()).Records.Single().Entry!.Name.ShouldBe(name);

        static string Table(string name) => $"name,address\n{name},a@site2.example";
    }

    [Fact]
    public async Task A_mark_at_the_beginning_says_more_than_the_setting()
    {
        File.WriteAllText(settings.ReadFile, "name,address\nİß,a@site2.example", Encoding.Unicode);
        settings = settings with { CodePage = 850 };

        (await ReadAsync()).Records.Single().Entry!.Name.ShouldBe("İß");
    }

    [Fact]
    [Trait("source", "Q100703")]
    public async Task A_file_that_was_written_a_moment_ago_is_not_taken_for_a_whole_one()
    {
        Write("name,address\nDoe,doe@site2.example\n");
        settings = settings with { Rest = TimeSpan.FromMinutes(1) };
        (await RefusalAsync()).ShouldBe($"{settings.ReadFile} is still being written: it changed within the last 60 seconds.");

        File.SetLastWriteTimeUtc(settings.ReadFile, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-2));
        (await ReadAsync()).Records.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_read_again_another_time()
    {
        Write("name,address\nDoe,doe@site2.example\n");
        await using var directory = await OpenAsync();

        (await Should.ThrowAsync<PartnerException>(() => directory.ReadAsync("{}", Append, TestContext.Current.CancellationToken)))
            .Message.ShouldBe($"{settings.ReadFile} was changed while it was read. It is read anew with the next cycle.");

        ValueTask Append(ReadRecord record)
        {
            File.AppendAllText(settings.ReadFile, "Roe,roe@site2.example\n");
            return ValueTask.CompletedTask;
        }
    }

    [Theory]
    [InlineData("", "FILE is empty.")]
    [InlineData("name,address\n", "FILE has titles and no row below them. An empty table is not taken for a directory in which everybody is gone.")]
    [InlineData("phone,address\n1,a@x.example", "FILE has no column that is known to hold the name. Name it in the own titles. Its columns are phone, address.")]
    public async Task A_table_that_says_nothing_is_not_a_directory_without_anybody(string text, string fault)
    {
        Write(text);

        (await RefusalAsync()).ShouldBe(fault.Replace("FILE", settings.ReadFile, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_column_that_the_settings_name_and_the_table_lacks_is_named()
    {
        Write("name,address\nDoe,doe@site2.example\n");
        settings = settings with { Columns = ["phone = Durchwahl"] };

        (await RefusalAsync()).ShouldBe($"{settings.ReadFile} has no column Durchwahl. Its columns are name, address.");
    }

    [Fact]
    public async Task A_table_that_breaks_off_within_a_cell_has_nobody_taken_for_gone()
    {
        Write("name,address\nDoe,doe@site2.example\n\"Roe, Ri");

        var (records, result) = await ReadAsync();

        (records.Count, result.IsComplete).ShouldBe((1, false));
        result.Notes.Single().ShouldBe($"{settings.ReadFile} ends within the row that begins in line 3; what should follow is not there, and nobody is taken for gone.");
    }

    [Fact]
    public async Task A_file_outside_the_allowed_folders_is_neither_read_nor_written()
    {
        settings = settings with { ReadFile = "/etc/passwd", WriteFile = "" };
        (await RefusalAsync()).ShouldBe("The folder /etc may not be used here: it is not below an allowed folder.");

        File.CreateSymbolicLink(folder["link.csv"], "/etc/passwd");
        settings = settings with { ReadFile = folder["link.csv"] };
        (await RefusalAsync()).ShouldBe($"{folder["link.csv"]} is no plain file.");
    }

    [Fact]
    public async Task What_is_written_is_read_back_so_that_the_second_cycle_has_nothing_to_do()
    {
        DirectoryRow[] wanted =
        [
            Row("Doe, \"Jane\"", "jane@site1.example", ("notes", "one\r\ntwo\n\nfour"), ("phone", "1"), ("proxies", "has no column")),
            Row("=cmd()", "CCMAIL:Doe, Jane at SALES"),
            Row("İß 日本", "MS:NET/PO/X"),
            Row("ﬀ", "d@site1.example"),
        ];

        (await SyncAsync(wanted)).ShouldAllBe(result => result.Fault.Length == 0);
        (await SyncAsync(wanted)).ShouldBeEmpty();
        wanted = [Row("Roe, Jane", "jane@site1.example"), wanted[1], Row("İß", "MS:NET/PO/Y"), Row("New", "new@site1.example")];
        (await SyncAsync(wanted)).Count.ShouldBe(5, "one is changed, two go and two come");
        (await SyncAsync(wanted)).ShouldBeEmpty();

        File.ReadAllLines(settings.WriteFile).ShouldBe(
        [
            "Name,Address,Kind,given,surname,initials,alias,department,office,phone,title,company,city,notes,custom1",
            "=cmd(),\"CCMAIL:Doe, Jane at SALES\",person,,,,,,,,,,,,", "\"Roe, Jane\",jane@site1.example,person,,,,,,,,,,,,", "İß,MS:NET/PO/Y,person,,,,,,,,,,,,", "New,new@site1.example,person,,,,,,,,,,,,",
        ]);
        Directory.GetFiles(folder.Path).Length.ShouldBe(1, "nothing is left of the work");
    }

    [Fact]
    public async Task What_the_code_page_cannot_hold_is_written_as_it_can_and_comes_to_rest()
    {
        settings = settings with { CodePage = 850 };
        var wanted = Row("Łukasz “Q”", "l@site1.example", ("title", "☎"));

        (await SyncAsync(wanted)).Single().Fault.ShouldBe("");

        (await SyncAsync(wanted)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Steps_that_are_done_twice_leave_the_table_as_it_is()
    {
        var (one, two, moved) = (Row("One", "one@site1.example"), Row("Two", "two@site1.example"), Row("Two", "zwei@site1.example"));
        await SyncAsync(one, two);
        ApplyStep[] steps =
        [
            new(StepKind.Delete, one, null, new Change(ChangeClass.Delete, one, null)),
            new(StepKind.Change, two, moved, new Change(ChangeClass.Move, two, moved)),
            new(StepKind.Add, null, Row("New", "new@site1.example"), null!),
        ];

        await WriteAsync(steps);
        var once = File.ReadAllText(settings.WriteFile);
        await WriteAsync(steps);

        File.ReadAllText(settings.WriteFile).Split("\r\n").Order().ShouldBe(once.Split("\r\n").Order());
        once.ShouldContain("zwei@site1.example");
        once.ShouldNotContain("one@");
    }

    [Fact]
    public async Task The_check_counts_and_changes_nothing()
    {
        Write("name,address\nDoe,doe@site2.example\nRoe,nowhere\n");
        await using var directory = await OpenAsync();

        (await directory.CheckAsync(TestContext.Current.CancellationToken)).ShouldBe(
        [
            new PartnerCheck(false, $"{settings.ReadFile} holds 1 entries, and 1 lines that cannot be taken."),
            new PartnerCheck(true, $"A file could be written in {folder.Path}."),
        ]);
        File.Exists(settings.WriteFile).ShouldBeFalse();
    }

    [Fact]
    public void Settings_are_refused_with_the_path_of_each()
    {
        var wrong = new CsvSettings { ReadFile = "in.csv", Separator = "\"", AddressSeparator = "", CodePage = 1, Columns = ["name =", "nothing = x", "phone ="] };

        wrong.Faults().Select(fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]).ShouldBe(["readFile", "separator", "addressSeparator", "codePage", "columns", "columns"]);
        new CsvSettings().Faults().ShouldBe(["readFile: A file to read or a file to write is needed."]);
    }

    private static DirectoryRow Row(string name, string address, params (string, string)[] values)
    {
        DirectoryRow.TryCreate(Rule, "", name, MailAddress.Parse(address), RowKind.Person, RowValues.Of(values), out var row, out var fault).ShouldBeTrue(fault);
        return row;
    }

    private void Write(string text) => File.WriteAllText(settings.ReadFile, text);

    private Task<IPartnerDirectory> OpenAsync()
    {
        var partner = new Partner(1, "payroll", "csv", JsonSerializer.Serialize(settings, SettingsJson.Options), new SyncRules { TakesEntries = File.Exists(settings.ReadFile) || settings.WriteFile.Length == 0 }, true, 1, 1);
        return new CsvPartners(new AllowedPaths([], [folder.Path]), TimeProvider.System).OpenAsync(partner, TestContext.Current.CancellationToken);
    }

    private async Task<(List<ReadRecord> Records, ReadResult Result)> ReadAsync()
    {
        await using var directory = await OpenAsync();
        var records = new List<ReadRecord>();
        return (records, await directory.ReadAsync("{}", Keep, TestContext.Current.CancellationToken));

        ValueTask Keep(ReadRecord record)
        {
            records.Add(record);
            return ValueTask.CompletedTask;
        }
    }

    private async Task<string> RefusalAsync() => (await Should.ThrowAsync<PartnerException>(ReadAsync)).Message;

    private async Task<List<StepResult>> SyncAsync(params DirectoryRow[] wanted)
    {
        await using var directory = await OpenAsync();
        var rows = wanted.Select(row => directory.TryHold(row, out var held, out var fault) ? held : throw new InvalidOperationException(fault)).ToList();
        var present = (await ReadAsync()).Records.Where(record => record.Held is not null).Select(record => new HeldRow(record.Held!, record.IsOurs));
        return await WriteAsync([.. ApplySteps.Of(DirectoryComparison.Of(rows, present, new MergeRules { Names = directory.Names }), directory.Ability)]);
    }

    private async Task<List<StepResult>> WriteAsync(params ApplyStep[] steps)
    {
        var results = new List<StepResult>();
        if (steps.Length > 0)
        {
            await using var directory = await OpenAsync();
            await directory.WriteAsync("{}", steps.Select((step, i) => new WriteStep(i + 1, step, "")).ToAsyncEnumerable(), Keep, TestContext.Current.CancellationToken);
        }

        return results;

        ValueTask Keep(StepResult result)
        {
            results.Add(result);
            return ValueTask.CompletedTask;
        }
    }
}
