using System.Text.Json;
using Postern.Domain.Directory.Partners;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Csv;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class CsvContractTests : PartnerContract
{
    private protected override Task<PartnerRoom> EnterAsync() => Task.FromResult<PartnerRoom>(new Room());

    private sealed class Room : PartnerRoom
    {
        private readonly TestFolder folder = new();

        public Room() => File.WriteAllText(folder["in.csv"], "name,address\nSomebody,somebody@site2.example\n");

        public override Task<IPartnerDirectory> OpenAsync()
        {
            var settings = new CsvSettings { ReadFile = folder["in.csv"], WriteFile = folder["out.csv"], Rest = TimeSpan.Zero };
            return new CsvPartners(new AllowedPaths([], [folder.Path]), TimeProvider.System)
                .OpenAsync(new Partner(1, "payroll", "csv", JsonSerializer.Serialize(settings, SettingsJson.Options), new SyncRules(), true, 1, 1), TestContext.Current.CancellationToken);
        }

        public override string AddressOf(string name) => $"{name}@site1.example";

        public override Task<IReadOnlyList<string>> ListedAsync() =>
            Task.FromResult<IReadOnlyList<string>>([.. CsvRows.Read(File.ReadLines(folder["out.csv"])).Skip(1).Select(row => row.Cells[0])]);

        public override Task PutOwnAsync(string name)
        {
            File.AppendAllText(folder["in.csv"], CsvRows.Write([name, "own@site2.example"]) + "\n");
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
