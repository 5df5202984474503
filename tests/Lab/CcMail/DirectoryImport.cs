namespace Postern.Lab.CcMail;

/// <summary>
/// Behaves as IMPORT /DIRECTORY: adds records, takes over those that are there, and refuses what cannot be (formats 7.4). Names are unique over the whole directory
/// without regard to case (D15); the spelling that is there stays. What public sources leave open is in the README.
/// </summary>
internal sealed class DirectoryImport(PostOfficeFolder folder, string file, FaultPlan faults)
{
    private const string DeleteFile = "Ccmdel.imp";
    private const int LongestName = 126;

    private readonly List<DirectoryEntry> entries = [.. folder.Directory.Entries];
    private readonly List<(DirectoryEntry Entry, string Reason)> refused = [];

    public int Run()
    {
        if (!File.Exists(file))
        {
            return Stop($"Cannot find {file}.");
        }

        var due = faults.DueForRun([], "hang", "exit", "crash", "slow", "noise");
        if (Misbehaviour.Act(due, "before") is { } early)
        {
            return early;
        }

        var isDelete = folder.Settings.DeletesByFileName && Path.GetFileName(file).Equals(DeleteFile, StringComparison.OrdinalIgnoreCase);
        foreach (var record in PostOfficeDirectory.ParseAll(folder.Settings.Oem.Decode(File.ReadAllBytes(file))))
        {
            var concerned = faults.DueFor("", "", [record.Name], "exit", "crash", "hang", "reject");
            if (concerned.Find(fault => fault.Action != "reject") is not null)
            {
                // What stands before the record is done
                folder.WriteDirectory(entries);
                WriteUndeliverable();
                if (Misbehaviour.Act(concerned, "before") is { } code)
                {
                    return code;
                }
            }

            var reason = concerned.Find(fault => fault.Action == "reject")?.Detail("reason", "Entry refused") ?? (isDelete ? Delete(record) : Add(record));
            if (reason.Length > 0)
            {
                refused.Add((record, reason));
            }
        }

        if (Misbehaviour.Act(due, "during") is { } late)
        {
            return late;
        }

        folder.WriteDirectory(entries);
        WriteUndeliverable();
        if (Misbehaviour.Act(due, "after") is { } last)
        {
            return last;
        }

        File.Delete(file);
        return refused.Count > 0 ? ResultCode.Undeliverable : ResultCode.Done;
    }

    private string Add(DirectoryEntry record)
    {
        if (record.Name.Length > LongestName)
        {
            return "Name too long";
        }

        if (!record.IsPostOffice && record.Address.Length > 0 && !entries.Exists(entry => entry.IsPostOffice && AddressText.AreSame(entry.Name, record.AddressPostOffice)))
        {
            return "Post office unknown";
        }

        var at = Find(record.Name);
        if (at < 0)
        {
            entries.Add(record);
            return "";
        }

        // A post office entry is another's unless its comment says the same; a local user is never made a remote one (D12)
        var present = entries[at];
        if (present.IsPostOffice != record.IsPostOffice || (present.IsPostOffice && present.Comment != record.Comment) || present.IsLocal || present.IsAlias)
        {
            return "Name already exists";
        }

        entries[at] = record with { Name = present.Name };
        return "";
    }

    private string Delete(DirectoryEntry record)
    {
        var at = Find(record.Name);
        if (at < 0)
        {
            return "Name unknown";
        }

        if (entries[at].IsLocal)
        {
            return "Entry is local";
        }

        entries.RemoveAt(at);
        return "";
    }

    private int Find(string name)
    {
        var other = AddressText.OtherForm(name);
        return entries.FindIndex(entry => AddressText.AreSame(entry.Name, name) || (other is not null && AddressText.AreSame(entry.Name, other)));
    }

    private void WriteUndeliverable()
    {
        if (refused.Count > 0)
        {
            File.AppendAllText(
                Path.ChangeExtension(file, ".und"), string.Concat(refused.Select(one => $"***  {one.Reason}  ***\r\n{one.Entry.ToText()}")), System.Text.Encoding.Latin1);
        }
    }

    private static int Stop(string reason)
    {
        Screen.Line($"IMPORT process ended with error: 1.  {reason}");
        return ResultCode.Incomplete;
    }
}
