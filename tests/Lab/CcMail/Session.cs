namespace Postern.Lab.CcMail;

/// <summary>What IMPORT and EXPORT do alike before they work: switches, prompt, post office, password, lock.</summary>
internal static class Session
{
    /// <summary>Runs the work on the post office that the switches name, under its lock.</summary>
    public static int Run(string program, string[] arguments, Func<PostOfficeFolder, Switches, FaultPlan, int> work)
    {
        var switches = Switches.Parse(arguments);
        if (switches.Fault is { } fault)
        {
            return Configuration($"Unknown switch {fault}.");
        }

        if (!switches.IsBatch)
        {
            Prompt();
        }

        try
        {
            return Open(program, switches, work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No rights in the post office, a full disk (Q168670)
            Screen.Line($"{program.ToUpperInvariant()} process ended with error: 1.  {e.Message}");
            return ResultCode.Incomplete;
        }
    }

    private static int Open(string program, Switches switches, Func<PostOfficeFolder, Switches, FaultPlan, int> work)
    {
        if (PostOfficeFolder.Open(switches.Folder) is not { } folder)
        {
            return Configuration("No post office in that directory.");
        }

        if (!IsKnown(folder, switches.Name) || !AddressText.AreSame(folder.Settings.Password, switches.Password))
        {
            return Configuration("Post office name or password is wrong.");
        }

        using var hold = PostOfficeLock.Take(folder, program);
        var faults = FaultPlan.Load(folder.Path, program);
        if (hold is null || faults.DueForRun([], "lock").Count > 0)
        {
            Screen.Line($"{program.ToUpperInvariant()} process ended with error: 4.  Post office is locked by another process.");
            return hold?.End(ResultCode.Locked) ?? ResultCode.Locked;
        }

        return hold.End(work(folder, switches, faults));
    }

    private static bool IsKnown(PostOfficeFolder folder, string name) =>
        AddressText.AreSame(name, folder.Settings.Name) || folder.Directory.FindPostOffice(name) is not null;

    // Without /BATCH the originals ask at the terminal, and where nobody answers they wait for ever (Q164695)
    private static void Prompt()
    {
        Screen.Line("Press Enter to start, or Ctrl-C to stop: ");
        using var input = Console.OpenStandardInput();
        if (input.ReadByte() < 0)
        {
            Misbehaviour.Hang(isStubborn: false);
        }
    }

    private static int Configuration(string text)
    {
        Screen.Line($"{text} Process ended with error: 3.");
        return ResultCode.Configuration;
    }
}
