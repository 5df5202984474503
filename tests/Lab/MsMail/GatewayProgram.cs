using System.Globalization;
using Postern.Lab.CcMail;

namespace Postern.Lab.MsMail;

/// <summary>
/// Behaves as GTWPUT and GTWGET of FFAPI 3.0 do: put turns a file into mail and carries the first fifty messages that wait, get writes what waits for
/// the logical post offices into a file (formats 2.2 to 2.7). The exit code is 0 or the number of the error. SMTPPUT and SMTPGET are the same programs
/// under the names that the SMTP gateway gives them, for its addresses (Q98050, Q85048).
/// </summary>
internal static class GatewayProgram
{
    private const int CannotVerify = 2;
    private const int CannotOpen = 52;

    public static int Put(string program, string[] arguments) =>
        Run(program, arguments, (postOffice, options, _, plan) => Put(postOffice, options, IsSmtp(program), plan));

    public static int Get(string program, string[] arguments) =>
        Run(program, arguments, (postOffice, options, faults, _) => Get(postOffice, options, IsSmtp(program), faults));

    private static bool IsSmtp(string program) => program.StartsWith("smtp", StringComparison.Ordinal);

    private static int Run(string program, string[] arguments, Action<MsPostOffice, FfapiOptions, List<Fault>, FaultPlan> work)
    {
        var options = FfapiOptions.Parse(arguments);
        if (options.PrintsVersion)
        {
            Screen.Line($"{program.ToUpperInvariant()} Version 3.0 (lab)");
            return ResultCode.Done;
        }

        try
        {
            var postOffice = MsPostOffice.Open(options.Folder) ?? throw new ProgramFault(CannotOpen, 0, 0, "A file open error has occurred.");
            if (!Address.AreSame(options.Administrator, postOffice.Administrator))
            {
                throw new ProgramFault(CannotVerify, 0, 0, "Cannot verify logon user/admin ID. Authorization failure.");
            }

            var plan = FaultPlan.Load(postOffice.Path, program);
            var faults = plan.DueForRun([], "hang", "exit", "crash", "slow", "noise", "truncate");
            if (Misbehaviour.Act(faults, "start") is { } code)
            {
                throw new ProgramFault(code, 0, 0, "Failure submitting message to mail database");
            }

            work(postOffice, options, faults, plan);
            return Misbehaviour.Act(faults, "after-write") ?? ResultCode.Done;
        }
        catch (ProgramFault fault)
        {
            Screen.Line(fault.Line);
            return fault.Number;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Screen.Line($"{CannotOpen}-0-0 A file open error has occurred.");
            return CannotOpen;
        }
    }

    // Messages before one that is refused wait in the post office already, and the file stays (chosen)
    private static void Put(MsPostOffice postOffice, FfapiOptions options, bool isSmtp, FaultPlan plan)
    {
        var now = TimeProvider.System.GetLocalNow().DateTime;
        if (options.File.Length > 0)
        {
            var reader = new PutReader(File.ReadAllBytes(options.File), System.Text.Encoding.ASCII.GetBytes(options.Terminator), postOffice.Oem, now) { KnowsInternet = isSmtp };
            for (var number = 1; reader.Next() is { } letter; number++)
            {
                Misbehave(plan.DueFor(letter.Subject, letter.From, letter.To, "refuse", "hang", "crash"), letter, number);
                Carrier.Queue(postOffice, letter);
            }

            if (!options.KeepsFile)
            {
                File.Delete(options.File);
            }
        }

        if (!options.LeavesDelivery)
        {
            new Carrier(postOffice, now).Run();
        }
    }

    // The line that is told is the recipient's where the fault names one
    private static void Misbehave(List<Fault> faults, Letter letter, int number)
    {
        Misbehaviour.Act(faults, "start");
        if (faults.Find(fault => fault.Action == "refuse") is { } refuse)
        {
            var line = refuse.Has("to") ? letter.To.FindIndex(to => refuse.Holds("to", to)) + 2 : 0;
            throw new ProgramFault(refuse.Number("refuse", 142), number, line, refuse.Detail("text", "Bad address."));
        }
    }

    private static void Get(MsPostOffice postOffice, FfapiOptions options, bool isSmtp, List<Fault> faults)
    {
        new Carrier(postOffice, TimeProvider.System.GetLocalNow().DateTime).Run();
        var folder = postOffice.Folder("outbox");
        var waiting = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.mmf").Order(StringComparer.Ordinal).ToList() : [];
        var taken = new List<string>();
        var isNew = !File.Exists(options.File);
        using (var output = new FileStream(options.File, FileMode.Append))
        {
            foreach (var file in waiting)
            {
                var (letter, _, mailbag) = Carrier.Load(file, postOffice.Oem);
                var isMeant = isSmtp ? mailbag == Letter.Internet : mailbag != Letter.Internet && (options.Place.Length == 0 || Address.AreSame(mailbag, options.Place));
                if (taken.Count < options.Messages && isMeant)
                {
                    GetWriter.Write(output, letter, options.Terminator, postOffice.Oem);
                    taken.Add(file);
                }
            }

            if (faults.Any(fault => fault.Action == "truncate") && taken.Count > 0)
            {
                output.SetLength(output.Length - Math.Min(output.Length, 10));
            }
        }

        if (taken.Count == 0 && isNew)
        {
            File.Delete(options.File);
        }

        taken.ForEach(File.Delete);
        Screen.Line(string.Create(CultureInfo.InvariantCulture, $"{taken.Count} messages."));
    }
}
