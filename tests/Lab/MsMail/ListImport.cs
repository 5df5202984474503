using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>
/// Behaves as IMPORT.EXE of MS Mail on the address lists of a post office (formats 4). It has no exit code for callers: it ends with 0 whatever it refused, and the log
/// tells what that was (Q112204).
/// </summary>
internal sealed class ListImport
{
    private static readonly string[] Flags = ["-A", "-C", "-T", "-R", "-X", "-V", "-Y", "-N"];

    private readonly HashSet<string> flags = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> log = [];
    private string administrator = "";
    private string password = "";
    private string folder = "";
    private string file = "";
    private string logFile = "";
    private string place = "";

    public static int Run(string[] arguments)
    {
        var import = new ListImport();
        import.Parse(arguments);
        if (MsPostOffice.Open(import.folder) is not { } postOffice || !Address.AreSame($"{import.administrator}:{import.password}", postOffice.Administrator))
        {
            import.Tell("Fatal", 2, "Cannot open a file of the post office, or the administrator is not known.");
            import.WriteLog();
            return ResultCode.Done;
        }

        var plan = FaultPlan.Load(postOffice.Path, "msimport");
        var due = plan.DueForRun([], "hang", "exit", "crash", "slow", "noise");
        if (Misbehaviour.Act(due, "start") is { } code)
        {
            return code;
        }

        var lists = AddressLists.Load(postOffice);
        if (import.flags.Contains("-X"))
        {
            import.Extract(postOffice, lists);
        }
        else
        {
            import.Take(postOffice, lists, plan);
        }

        import.WriteLog(postOffice);
        return Misbehaviour.Act(due, "after-write") ?? ResultCode.Done;
    }

    private void Parse(string[] arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument[0] != '-')
            {
                administrator = argument;
            }
            else if (argument.StartsWith("-x", StringComparison.OrdinalIgnoreCase) && argument.Length > 2)
            {
                flags.Add("-X");
                place = argument[2..];
            }
            else if (Flags.Contains(argument.ToUpperInvariant()))
            {
                flags.Add(argument.ToUpperInvariant());
            }
            else
            {
                var value = argument[2..];
                _ = char.ToLowerInvariant(argument[1]) switch
                {
                    'p' => password = value,
                    'd' => folder = value,
                    'f' => file = value,
                    'l' => logFile = value,
                    _ => throw new MisuseException($"Unknown option {argument}."),
                };
            }
        }
    }

    // Mailboxes of this post office and everybody in its lists, all as adds
    private void Extract(MsPostOffice postOffice, AddressLists lists)
    {
        var own = postOffice.People.Select(person => new ListEntry(person.Name, $"PCM:{postOffice.Name}/{person.Mailbox}", []));
        var all = own.Concat(lists.Entries).Where(entry => place.Length == 0 || Address.AreSame(entry.List, place));
        File.WriteAllBytes(file, postOffice.Oem.Encode(string.Concat(all.SelectMany(entry => entry.Lines('A')).Select(line => line + "\r\n"))));
        Tell("Status", 0, "Extract ended.");
    }

    private void Take(MsPostOffice postOffice, AddressLists lists, FaultPlan plan)
    {
        if (!File.Exists(file))
        {
            Tell("Fatal", 2, $"Cannot open {file}");
            return;
        }

        var records = ImportText.Read(postOffice.Oem.Decode(File.ReadAllBytes(file)));
        // A line that begins with anything else takes the record before it along (Q104687)
        for (var i = 0; i < records.Count; i++)
        {
            if (!"ADMRT".Contains(records[i].Letter, StringComparison.Ordinal))
            {
                Tell("Error", 12, $"Unrecognized first column in line {records[i].Line}");
            }
            else if (i + 1 == records.Count || "ADMRT".Contains(records[i + 1].Letter, StringComparison.Ordinal))
            {
                Take(records[i], postOffice, lists, plan);
            }
        }

        lists.Save();
        Tell("Status", 0, "Import ended.");
    }

    private void Take(ImportRecord record, MsPostOffice postOffice, AddressLists lists, FaultPlan plan)
    {
        var list = ListEntry.ListOf(record.Address);
        if (plan.DueFor("", "", [record.Name, record.NewName], "refuse").Find(fault => fault.Action == "refuse") is { } refuse)
        {
            Tell("Error", refuse.Number("refuse", 12), $"{refuse.Detail("text", "Refused")} {record.Name}");
        }
        else if (Address.AreSame(list, postOffice.Name))
        {
            Tell("Warning", 66, $"Local address ignored {record.Name}");
        }
        else if (record.Letter is not ('R' or 'T') && record.Name.Length is 0 or > 30)
        {
            Tell("Error", 72, $"Fullname {record.Name}");
        }
        else if (!flags.Contains("-C") && !lists.Names.Contains(list) && postOffice.ReachOf(list, out _) == Reach.Undefined)
        {
            Tell("Error", 32, $"Unknown post office {list}");
        }
        else
        {
            // A name that loses its last letter on the way, and nobody is told (Q236900)
            var isMangled = plan.DueFor("", "", [record.Name, record.NewName], "mangle").Count > 0;
            Apply(isMangled ? record with { Name = record.Name[..^1] } : record, list, lists);
        }
    }

    private void Apply(ImportRecord record, string list, AddressLists lists)
    {
        lists.Names.Add(list);
        var present = lists.Find(list, record.Name);
        var values = flags.Contains("-T") ? record.Lines.Where(line => line[0] == '-').ToList() : [];
        if (record.Letter != 'T' && record.Lines.Count > 0 && !flags.Contains("-T"))
        {
            Tell("Warning", 73, "Templates are off");
        }

        switch (record.Letter)
        {
            case 'R':
                lists.RemoveList(list);
                break;
            case 'T':
                lists.Templates[list] = record.Lines;
                lists.Entries.Where(entry => Address.AreSame(entry.List, list)).ToList().ForEach(entry => entry.Values.Clear());
                break;
            case 'A' when present is not null:
                Tell("Warning", 27, $"Alias already exists {record.Name}");
                break;
            case 'A':
                lists.Entries.Add(new ListEntry(record.Name, record.Address, values));
                break;
            case 'D' when present is null:
                Tell("Error", 29, $"Alias does not exist {record.Name}");
                break;
            case 'D':
                lists.Remove(present);
                break;
            default:
                // Of somebody who is not there it makes an entry (Q117260); fields that are left out fall back to their defaults (Q107754)
                if (present is not null)
                {
                    lists.Remove(present);
                }

                lists.Entries.Add(new ListEntry(record.NewName.Length > 0 ? record.NewName : record.Name, record.NewAddress.Length > 0 ? record.NewAddress : record.Address, values));
                break;
        }
    }

    private void Tell(string grave, int number, string text)
    {
        var at = TimeProvider.System.GetLocalNow().ToString("MM/dd/yy HH:mm:ss", CultureInfo.InvariantCulture);
        log.Add(grave == "Status" ? $"{at} | Status       {text}" : $"{at} | {grave,-7}[{number,3}] {text}");
    }

    private void WriteLog(MsPostOffice? postOffice = null)
    {
        if (postOffice is not null)
        {
            log.ForEach(line => postOffice.Append("dirsync.log", line));
        }

        if (logFile.Length > 0)
        {
            File.AppendAllLines(logFile, log);
        }

        log.ForEach(Screen.Line);
    }
}
