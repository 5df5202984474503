using System.IO.Enumeration;

namespace Postern.Lab.CcMail;

/// <summary>
/// Behaves as Lotus IMPORT: takes message files in name order, delivers each to its recipients, removes it, and stops at the
/// first one that it cannot finish, with the earlier ones delivered (formats 6, 10, 12; Q223772, Q232687, Q234350).
/// </summary>
internal sealed class ImportProgram(PostOfficeFolder folder, Switches switches, FaultPlan faults)
{
    private const int LongestText = 20 * 1024;
    private const int LongestTitle = 30;
    private const int LongestSubject = 60;

    private readonly MailDrop drop = new(folder);
    private bool hasUndeliverable;

    public static int Run(string[] arguments) =>
        Session.Run("import", arguments, (folder, switches, faults) => new ImportProgram(folder, switches, faults).Run());

    private int Run()
    {
        if (switches.IsDirectory && switches.File.Length > 0)
        {
            return new DirectoryImport(folder, switches.File, faults).Run();
        }

        if (switches.File.Length == 0 || switches.IsDirectory || switches.IsListing || switches.Delete.Length > 0)
        {
            Screen.Line("No message file is named. Process ended with error: 3.");
            return ResultCode.Configuration;
        }

        var files = FindInput();
        if (files is null)
        {
            return Stop($"Cannot find {switches.File}.");
        }

        foreach (var file in files)
        {
            if (ImportFile(file) is { } code)
            {
                return code;
            }
        }

        return hasUndeliverable ? ResultCode.Undeliverable : ResultCode.Done;
    }

    private List<string>? FindInput()
    {
        var name = Path.GetFileName(switches.File);
        var directory = Path.GetDirectoryName(Path.GetFullPath(switches.File)) ?? "/";
        if (!name.AsSpan().ContainsAny('*', '?'))
        {
            return File.Exists(switches.File) ? [switches.File] : null;
        }

        return !Directory.Exists(directory) ? null :
        [
            .. Directory.EnumerateFiles(directory)
                .Where(file => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file.AsSpan()), ignoreCase: true))
                .Where(file => !file.EndsWith(".und", StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    // Null when the file was taken and the run goes on
    private int? ImportFile(string path)
    {
        Screen.Line($"Importing messages from file {path}");
        var undeliverable = new UndeliverableFile(Path.ChangeExtension(path, ".und"), folder.Settings, folder.Form);
        try
        {
            var content = File.ReadAllBytes(path);
            var reader = new MessageReader(content, switches.IsSized, folder.Settings.Oem);
            var count = 0;
            for (; reader.TryRead(out var message); count++)
            {
                if (ImportMessage(message!, undeliverable) is { } code)
                {
                    return code;
                }
            }

            if (reader.Fault is not null || count == 0)
            {
                var reason = reader.Fault ?? "no message in the file";
                undeliverable.AppendBytes(content.AsMemory(reader.MessageStart), reason);
                return Stop(reason);
            }

            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Stop($"Disk error on {path}: {e.Message}");
        }
    }

    private int? ImportMessage(Message message, UndeliverableFile undeliverable)
    {
        var due = faults.DueFor(message, "hang", "exit", "crash", "slow", "noise", "reject");
        if (Misbehaviour.Act(due, "before") is { } code)
        {
            if (code == ResultCode.Incomplete)
            {
                undeliverable.AppendStopped(message, "Message could not be completed");
            }

            return code;
        }

        var inspection = Inspection.Of(message, folder.Settings, drop, due.Where(fault => fault.Action == "reject"));
        if (inspection.Malformed is { } reason)
        {
            undeliverable.AppendStopped(message, reason);
            return Stop(reason);
        }

        if (inspection.HangsProgram)
        {
            Misbehaviour.Hang(isStubborn: false);
        }

        return Deliver(inspection, due, undeliverable);
    }

    private int? Deliver(Inspection inspection, List<Fault> due, UndeliverableFile undeliverable)
    {
        var isRefused = inspection.HasFailures && (!switches.IsPartial || inspection.Refusal is not null);
        if (inspection.HasFailures)
        {
            hasUndeliverable = true;
            undeliverable.Append(inspection, isRefused);
        }

        var good = isRefused ? [] : inspection.GoodRecipients.ToList();
        var message = Shape(inspection.Message);
        var first = due.Any(fault => fault.At == "during") ? 1 : 0;
        drop.Deliver(message, good.Take(first));
        if (Misbehaviour.Act(due, "during") is { } code)
        {
            return code;
        }

        drop.Deliver(message, good.Skip(first));
        return Misbehaviour.Act(due, "after");
    }

    // What cc:Mail makes of a message that exceeds its limits (Q190555, Q184991)
    private Message Shape(Message message)
    {
        var items = message.Items
            .Where(item => item.IsText || switches.HasFiles)
            .Select(item => item is { IsText: true, Data.Length: > LongestText }
                ? new Item(Item.FileKind, item.Title.Length > 0 ? item.Title : "Unnamed", item.Data)
                : item)
            .Select(item => item with { Title = Cut(item.Title, LongestTitle) });
        var header = message.Header.Select(line => line.Is("Subject") ? line with { Value = Cut(line.Value, LongestSubject) } : line);
        return message with { Items = [.. items], Header = [.. header] };
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private static int Stop(string reason)
    {
        Screen.Line($"IMPORT process ended with error: 1.  {reason}");
        return ResultCode.Incomplete;
    }
}
