using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>
/// A directory synchronisation server that speaks the text form for foreign requestors (formats 5): each start is a step T2. It reads the mailbox <c>$SYSTEM</c>, appends
/// to the master list, and answers every requestor that it heard.
/// </summary>
internal sealed class SyncServer(MsPostOffice postOffice, SyncState state, FaultPlan faults)
{
    private const string Mailbox = "$SYSTEM";
    private const int LongestSubject = 40;

    private readonly DateTime now = TimeProvider.System.GetLocalNow().DateTime;
    private readonly Dictionary<SyncPeer, string> heard = [];
    private readonly Dictionary<string, List<string>> refusals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<SyncPeer, string[]> types = [];

    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(arguments, "--register", "--password", "--limit", "--keep", "--unregister", "--add", "--delete", "--rename", "--list");
        var postOffice = MsPostOffice.Open(verb.Word(0, "The post office")) ?? throw new MisuseException("There is no post office in that folder.");
        var state = SyncState.Load(postOffice);
        var server = new SyncServer(postOffice, state, FaultPlan.Load(postOffice.Path, "dsserver"));
        if (!server.Manage(verb))
        {
            server.Step();
        }

        state.Save(postOffice);
        return ResultCode.Done;
    }

    // What an administrator does between the steps; false when nothing of it is asked for
    private bool Manage(VerbArguments verb)
    {
        var isManaged = false;
        if (verb.Has("--register"))
        {
            isManaged = true;
            state.Peers.RemoveAll(peer => Address.AreSame(peer.Name, verb.Needed("--register")));
            state.Peers.Add(new SyncPeer { Name = verb.Needed("--register"), Password = verb.One("--password", ""), Limit = verb.Number("--limit", 0) });
        }

        if (verb.Has("--unregister"))
        {
            isManaged = true;
            state.Peers.RemoveAll(peer => Address.AreSame(peer.Name, verb.Needed("--unregister")));
        }

        if (verb.Has("--keep"))
        {
            isManaged = true;
            state.KeepCycles = verb.Number("--keep", 14);
        }

        foreach (var (option, letter) in (ReadOnlySpan<(string, char)>)[("--add", 'A'), ("--delete", 'D'), ("--rename", 'M')])
        {
            var words = verb.Many(option);
            if (words.Count == 0)
            {
                continue;
            }

            isManaged = true;
            var record = new ImportRecord(0, 0, letter, words[0], $"PCM:{words[1]}", letter == 'A' ? [.. words.Skip(2)] : []);
            if (letter == 'M')
            {
                (record.NewName, record.NewAddress) = (words[2], record.Address);
            }

            state.Append(record, postOffice.Name);
        }

        if (verb.Has("--list"))
        {
            isManaged = true;
            state.People.OrderBy(person => person.Address, StringComparer.OrdinalIgnoreCase).ToList().ForEach(person => Screen.Line($"{person.Address} {person.Name}"));
        }

        return isManaged;
    }

    private void Step()
    {
        state.Cycle++;
        var folder = Path.Combine(postOffice.Path, "mail", Mailbox);
        var files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.mmf").Order(StringComparer.Ordinal).ToList() : [];
        foreach (var file in files)
        {
            var letter = new PutReader(File.ReadAllBytes(file), "\r\n"u8.ToArray(), postOffice.Oem, now).Next()!;
            if (faults.DueForRun([], "ignore").Count == 0)
            {
                Receive(letter);
            }

            File.Delete(file);
        }

        state.Purge();
        foreach (var (peer, to) in heard)
        {
            Answer(peer, to);
        }

        foreach (var (to, lines) in refusals)
        {
            Send(to, "SrvTx", string.Join("\r\n", ["[DIRSYNC]", .. lines]) + "\r\n", null);
        }
    }

    private void Receive(Letter letter)
    {
        if (letter.IsFromPostmaster)
        {
            Log("Warning", 154, "NDR received");
            return;
        }

        var lines = postOffice.Oem.Decode(letter.Text).Split("\r\n");
        if (lines.Length == 0 || !Address.AreSame(lines[0], "[dirsync]"))
        {
            Refuse(letter.From, "Error", 124, "Invalid format");
            return;
        }

        var keys = lines.Skip(1).TakeWhile(line => !line.StartsWith('[')).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0].Trim().ToUpperInvariant(), pair => pair[1].Trim(), StringComparer.Ordinal);
        var name = keys.GetValueOrDefault("REQNAME", keys.GetValueOrDefault("NAME", ""));
        var peer = state.Peers.Find(known => Address.AreSame($"PCM:{known.Name}", name));
        if (peer is null)
        {
            Refuse(letter.From, "Error", 158, $"Requestor not registered: {name}");
        }
        else if (peer.Password.Length > 0 && keys.GetValueOrDefault("PASSWORD", "") != peer.Password)
        {
            Refuse(letter.From, "Error", 156, $"Invalid password: {name}");
        }
        else
        {
            switch (keys.GetValueOrDefault("TASK", "").ToUpperInvariant())
            {
                case "EXPORT":
                    heard[peer] = letter.From;
                    Take(peer, letter, lines, keys);
                    break;
                case "IMPORTREQ":
                    heard[peer] = letter.From;
                    peer.SrvSync = long.Parse(keys.GetValueOrDefault("SRVSEQ", "0"), CultureInfo.InvariantCulture);
                    types[peer] = keys.GetValueOrDefault("TYPES", "PCM").ToUpperInvariant().Split('|');
                    break;
                default:
                    Refuse(letter.From, "Error", 155, "Unknown task");
                    break;
            }
        }
    }

    // Numbers that the server has already are old mail (5.5); what follows is the next of the master list
    private void Take(SyncPeer peer, Letter letter, string[] lines, Dictionary<string, string> keys)
    {
        var isAttached = Address.AreSame(keys.GetValueOrDefault("TRANSACTIONS", "INBODY"), "INATTACHMENT");
        var text = isAttached ? letter.Files.Count > 0 ? postOffice.Oem.Decode(letter.Files[0].Data) : "" : string.Join("\r\n", lines.SkipWhile(line => !Address.AreSame(line, "[dirsync-transactions]")));
        var head = text.IndexOf("\r\n", StringComparison.Ordinal);
        if (head < 0 || !Address.AreSame(text[..head], "[dirsync-transactions]"))
        {
            Log("Error", 124, $"Invalid format from {peer.Name}");
            return;
        }

        foreach (var record in ImportText.Read(text[(head + 2)..], isNumbered: true).Where(record => record.Number > peer.ReqSync))
        {
            state.Append(record, peer.Name);
            peer.ReqSync = record.Number;
        }
    }

    private void Answer(SyncPeer peer, string to)
    {
        var before = peer.SrvSync;
        List<string>? lines;
        var problems = new List<string>();
        if (before == 0)
        {
            lines = Everything(peer);
            if (peer.Limit > 0 && lines.Count > peer.Limit)
            {
                problems.AddRange([Line("Error", 118, "Maximum size exceeded"), Line("Error", 166, "Manual import required")]);
                lines = null;
            }
            else
            {
                peer.ImpSync++;
            }
        }
        else if (before < state.Purged)
        {
            problems.AddRange([Line("Error", 138, $"Server sync does not exist anymore {before}"), Line("Error", 139, $"Number of missing transactions = {state.Purged - before} ({before + 1}->{state.Purged})")]);
            lines = null;
        }
        else
        {
            lines = [.. state.Master.Where(record => record.Number > before && !Address.AreSame(record.Origin, peer.Name) && IsWanted(peer, record.Type)).SelectMany(Numbered)];
        }

        var text = string.Join("\r\n", [
            "[DIRSYNC]", $"REQSEQ={Ten(peer.ReqSync)}", $"SRVSEQ={Ten(problems.Count > 0 ? before : state.Sync)}", $"IMPSEQ={Ten(peer.ImpSync)}", "TRANSACTIONS=INATTACHMENT", .. problems]) + "\r\n";
        var count = lines?.Count ?? 0;
        var subject = string.Create(CultureInfo.InvariantCulture, $"SrvTx R={peer.ReqSync} S={state.Sync} (was {before}), I={peer.ImpSync} {count} sent");
        Send(to, subject, text, count == 0 ? null : "[DIRSYNC-TRANSACTIONS]\r\n" + string.Concat(lines!.Select(line => line + "\r\n")));
    }

    // Each list whole: an R, and everybody in it
    private List<string> Everything(SyncPeer peer)
    {
        var lines = new List<string>();
        foreach (var list in state.People.Where(person => !Address.AreSame(person.Origin, peer.Name) && IsWanted(peer, SyncState.TypeOf(person.Address))).GroupBy(person => ListEntry.ListOf(person.Address), StringComparer.OrdinalIgnoreCase).OrderBy(list => list.Key, StringComparer.Ordinal))
        {
            lines.Add($"{Ten(list.Min(person => person.Number))} R {(list.Key.Contains('/', StringComparison.Ordinal) ? $"PCM:{list.Key}" : $"{list.Key}:")}");
            lines.AddRange(list.OrderBy(person => person.Number).SelectMany(person => Numbered(new MasterRecord { Number = person.Number, Lines = [$"A {person.Name,-30} {person.Address}", .. person.Values] })));
        }

        return lines;
    }

    private bool IsWanted(SyncPeer peer, string type) => types.GetValueOrDefault(peer, ["PCM"]).Contains(type);

    private static IEnumerable<string> Numbered(MasterRecord record) => record.Lines.Select((line, i) => i == 0 ? $"{Ten(record.Number)} {line}" : line);

    private void Send(string to, string subject, string text, string? records)
    {
        if (faults.DueForRun([], "lose").Count > 0)
        {
            return;
        }

        var bytes = records is null ? [] : postOffice.Oem.Encode(records);
        if (records is not null && faults.DueForRun([], "damage").Count > 0)
        {
            bytes = bytes[..(bytes.Length - (bytes.Length / 3))];
        }

        var letter = new Letter
        {
            To = [to],
            From = $"CSI:{postOffice.Name}/{Mailbox}",
            Date = now,
            Subject = subject.Length > LongestSubject ? subject[..LongestSubject] : subject,
            Text = postOffice.Oem.Encode(text),
            Files = records is null ? [] : [new Enclosure("TMPTRANS.GLB", bytes)],
        };
        new Carrier(postOffice, now).Deliver(letter, letter.To);
        if (faults.DueForRun([], "double").Count > 0)
        {
            new Carrier(postOffice, now).Deliver(letter, letter.To);
        }
    }

    private void Refuse(string to, string grave, int number, string text)
    {
        Log(grave, number, text);
        (refusals.TryGetValue(to, out var lines) ? lines : refusals[to] = []).Add(Line(grave, number, text));
    }

    private void Log(string grave, int number, string text) => postOffice.Append("dirsync.log", Line(grave, number, text));

    private string Line(string grave, int number, string text) => $"{now.ToString("MM/dd/yy HH:mm:ss", CultureInfo.InvariantCulture)} | {grave,-7}[{number,3}] {text}";

    private static string Ten(long number) => number.ToString("D10", CultureInfo.InvariantCulture);
}
