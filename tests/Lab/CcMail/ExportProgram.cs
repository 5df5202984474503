using System.Globalization;

namespace Postern.Lab.CcMail;

/// <summary>
/// Behaves as Lotus EXPORT: empties the queue of a post office entry into one file, in name order, and takes the messages out
/// of the queue only when the run ends with 0 (formats 12; Q212759, Q202240).
/// </summary>
internal sealed class ExportProgram(PostOfficeFolder folder, Switches switches, FaultPlan faults)
{
    private static readonly string[] RunActions = ["hang", "exit", "crash", "slow", "noise", "truncate"];

    public static int Run(string[] arguments) =>
        Session.Run("export", arguments, (folder, switches, faults) => new ExportProgram(folder, switches, faults).Run());

    private int Run()
    {
        try
        {
            var queue = folder.QueuePath(switches.Name);
            return switches switch
            {
                { IsDirectory: true } => ExportDirectory(),
                { IsListing: true } => WriteText(List(queue)),
                { Delete.Length: > 0 } => Delete(queue),
                { File.Length: 0 } => Refuse(ResultCode.Configuration, "No file is named."),
                _ => Export(queue),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse(ResultCode.Incomplete, $"Disk error: {e.Message}");
        }
    }

    private int Export(string queue)
    {
        var batch = TakeBatch(queue);
        if (batch.Count > 0)
        {
            Screen.Line($"Exporting messages in mailbox \"{switches.Name}\" to file {switches.File}");
        }

        var due = faults.DueForRun([.. batch.SelectMany(file => file.Messages)], RunActions);
        if (Misbehaviour.Act(due, "start") is { } stopped)
        {
            return stopped;
        }

        if (batch.Count > 0 || folder.Settings.WritesEmptyExport)
        {
            if (WriteExport(batch, due) is { } failed)
            {
                return failed;
            }
        }

        if (Misbehaviour.Act(due, "after-write") is { } late)
        {
            return late;
        }

        batch.ForEach(file => File.Delete(file.Path));
        return ResultCode.Done;
    }

    private int ExportDirectory()
    {
        var due = faults.DueForRun([], RunActions);
        if (Misbehaviour.Act(due, "start") is { } stopped)
        {
            return stopped;
        }

        var text = folder.Directory.ToPropaddText();
        var truncate = due.Find(fault => fault.Action == "truncate");
        WriteText(truncate is null ? text : text[..(text.Length / 2)]);
        return truncate?.Number("exit", ResultCode.Incomplete) ?? Misbehaviour.Act(due, "after-write") ?? ResultCode.Done;
    }

    private List<QueueFile> TakeBatch(string queue)
    {
        var limit = switches.Messages switch
        {
            "" => folder.Settings.ExportLimit,
            "ALL" => int.MaxValue,
            var number => int.Parse(number, CultureInfo.InvariantCulture),
        };
        var batch = new List<QueueFile>();
        var count = 0;
        foreach (var path in QueueFile.In(queue))
        {
            var file = QueueFile.Read(path, folder.Settings.Oem);
            count += file.Count;
            if (batch.Count > 0 && count > limit)
            {
                break;
            }

            batch.Add(file);
        }

        return batch;
    }

    // Written straight into the named file as the original does, so that a stopped run leaves a torn one
    private int? WriteExport(List<QueueFile> batch, List<Fault> due)
    {
        using var stream = new FileStream(switches.File, FileMode.Create, FileAccess.Write, FileShare.Read);
        var form = new ExportForm(folder, switches, faults);
        for (var i = 0; i < batch.Count; i++)
        {
            var bytes = form.Write(batch[i]);
            var isLast = i == batch.Count - 1;
            var half = isLast ? bytes.Length / 2 : 0;
            stream.Write(bytes, 0, half);
            stream.Flush();
            if (isLast && Misbehaviour.Act(due, "half") is { } stopped)
            {
                return stopped;
            }

            if (isLast && due.Find(fault => fault.Action == "truncate") is { } truncate)
            {
                var code = truncate.Number("exit", ResultCode.Incomplete);
                return code == ResultCode.Done ? null : code;
            }

            stream.Write(bytes, half, bytes.Length - half);
        }

        return null;
    }

    private int WriteText(string text)
    {
        if (switches.File.Length == 0)
        {
            Screen.Line(text);
        }
        else
        {
            File.WriteAllBytes(switches.File, folder.Settings.Oem.Encode(text));
        }

        return ResultCode.Done;
    }

    private string List(string queue) => string.Concat(
        from path in QueueFile.In(queue)
        let file = QueueFile.Read(path, folder.Settings.Oem)
        let message = file.Messages.Count > 0 ? file.Messages[0] : null
        select $"Message {file.Number}  Date: {message?.Value("Date")}  From: {message?.From}  Subject: {message?.Subject}\r\n");

    private int Delete(string queue)
    {
        var path = QueueFile.In(queue).Find(file => QueueFile.NumberOf(file) == switches.Delete.TrimStart('0'));
        if (path is null)
        {
            return Refuse(ResultCode.Incomplete, $"There is no message {switches.Delete}.");
        }

        File.Delete(path);
        return ResultCode.Done;
    }

    private static int Refuse(int code, string text)
    {
        Screen.Line($"EXPORT process ended with error: {code.ToString(CultureInfo.InvariantCulture)}.  {text}");
        return code;
    }
}
