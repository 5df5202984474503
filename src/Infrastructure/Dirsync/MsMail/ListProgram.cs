using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.MsMail;

/// <summary>Runs MS Mail's IMPORT under the lock of the post office. Its exit code is not for callers (Q112204): its log and what it writes afterwards tell what it did.</summary>
internal sealed class ListProgram(MsMailLink link, MsMailPartnerSettings settings) : IListTransport
{
    private const string ReadFile = "MSLIST.TXT";
    private const string WriteFile = "POSTERN.IMP";
    private const string LogFile = "POSTERN.LOG";

    public bool ShowsAtOnce => true;

    private string Folder => Path.Combine(link.Folders.Root, "Dirsync");

    public async Task<MessageContent> ReadAsync(string memory, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        Remove(ReadFile);
        var (end, said) = await RunAsync("import -x", settings.ReadProgram, ReadFile, cancellationToken);
        if (end.Ending != ProgramEnding.Exited || said.Any(line => line.Class == DirsyncLogClass.Fatal))
        {
            throw new PartnerException(Describe(end, said));
        }

        if (WorkFolder.Find(Folder, ReadFile) is not { } written)
        {
            throw new PartnerException($"IMPORT -x wrote no list of {link.Settings.PostOfficeName}: {Describe(end, said)}");
        }

        // Under a name of its own, so that the next run cannot change what is being read.
        var taken = Path.Combine(Folder, $"{Guid.NewGuid():N}.lst");
        File.Move(written, taken);
        return MessageContent.FromFile(taken, new FileInfo(taken).Length, deletesFile: true);
    }

    public async Task<(IReadOnlyList<DirsyncLogLine> Said, string Memory)> WriteAsync(string memory, IEnumerable<ImportRecord> records, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        ListFile.Write(Path.Combine(Folder, WriteFile), records, link.Profile);
        var (end, said) = await RunAsync("import", settings.WriteProgram, WriteFile, cancellationToken);
        Remove(WriteFile);
        return end.Ending == ProgramEnding.Exited && !said.Any(line => line.Class == DirsyncLogClass.Fatal) ? (said, memory) : throw new PartnerException(Describe(end, said));
    }

    private async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            link.CheckPostOffice();
        }
        catch (Exception e) when (e is PostOfficeUnreachableException or PathRefusedException)
        {
            throw new PartnerException(e.Message, e);
        }

        Directory.CreateDirectory(Folder);
        var turn = await link.House.Programs.TakeTurnAsync(link.LockFile, cancellationToken);
        if (!ExternalProgram.IsLocked(link.LockFile))
        {
            return turn;
        }

        turn.Dispose();
        throw new PartnerException($"{link.LockedBy()}. It is tried again with the next cycle.");
    }

    private async Task<(ProgramEnd End, IReadOnlyList<DirsyncLogLine> Said)> RunAsync(string program, IReadOnlyList<string> template, string file, CancellationToken stop)
    {
        Remove(LogFile);
        var log = Path.Combine(Folder, LogFile);
        var command = link.Command([.. template.Select(argument => argument.Replace("{log}", log, StringComparison.Ordinal))], Path.Combine(Folder, file));
        var runId = await link.Runs.BeginAsync(link.ConnectorId, program, [], stop);
        ProgramEnd end;
        try
        {
            end = await link.House.Programs.RunAsync(link.Start(command, runId, settings.TimeLimit), child => link.Runs.StartedAsync(runId, child), stop);
        }
        catch (Exception e) when (e is PathRefusedException or ProgramNotStartedException)
        {
            await link.Runs.EndAsync(runId, new ProgramEnd(ProgramEnding.NotStarted, null, e.Message, TimeSpan.Zero, TimeSpan.Zero), [], CancellationToken.None);
            throw new PartnerException(e.Message, e);
        }

        if (end.Ending != ProgramEnding.LeftRunning)
        {
            await link.Runs.EndAsync(runId, end, [], stop);
        }

        return (end, Said(end));
    }

    // The log where it wrote one, and its screen.
    private List<DirsyncLogLine> Said(ProgramEnd end)
    {
        var lines = WorkFolder.Find(Folder, LogFile) is { } log ? File.ReadLines(log, link.Profile.TextEncoding) : [];
        var said = new List<DirsyncLogLine>();
        foreach (var line in lines.Concat(end.Output.Split('\n')))
        {
            if (DirsyncLogLine.TryRead(line, out var read) && !said.Contains(read))
            {
                said.Add(read);
            }
        }

        return said;
    }

    private string Describe(ProgramEnd end, IReadOnlyList<DirsyncLogLine> said) =>
        said.OrderByDescending(line => line.Class).FirstOrDefault() is { } worst
            ? $"IMPORT says [{worst.Number}] {Storable.Text(worst.Text, 200)}"
            : end.Ending == ProgramEnding.Exited
                ? $"IMPORT {end.Summary} and said nothing; look into DIRSYNC.LOG of {link.Settings.PostOfficeName}."
                : $"IMPORT {end.Summary}.";

    private void Remove(string name)
    {
        if (WorkFolder.Find(Folder, name) is { } path)
        {
            File.Delete(path);
        }
    }
}
