namespace Postern.Infrastructure.Tests.Dirsync.Kills;

/// <summary>Where a process was when it was killed, as far as it can be told from what it left.</summary>
internal enum KillPhase
{
    /// <summary>The plan was still only approved.</summary>
    BeforeItBegan,

    /// <summary>It had begun; nothing was changed outside and nothing recorded.</summary>
    BeforeTheFirstRow,

    /// <summary>IMPORT or EXPORT of an old post office outlived the process that had started it.</summary>
    WhileAnOldProgramWasAtWork,

    /// <summary>The directory was ahead of what was recorded of it.</summary>
    BetweenWriteAndRecord,

    /// <summary>Rows were written in a transaction that was never committed.</summary>
    WithinATransaction,

    /// <summary>Some rows were recorded, and the directory was as recorded.</summary>
    BetweenTwoRecords,

    /// <summary>Everything was recorded, and the plan not ended.</summary>
    AfterTheLastRow,

    /// <summary>The plan had ended, and the process had not.</summary>
    AfterThePlanEnded,
}

/// <summary>What a killer waits for, before it lets a drawn time pass and kills.</summary>
internal enum KillAim
{
    /// <summary>The process is there.</summary>
    Start,

    /// <summary>The process is at the plan.</summary>
    Work,

    /// <summary>Another row is recorded.</summary>
    Record,

    /// <summary>A transaction has begun to write.</summary>
    Transaction,

    /// <summary>An old program was started, the one whose number was drawn.</summary>
    Program,

    /// <summary>The directory has changed outside.</summary>
    Outside,

    /// <summary>Nothing is left to be done.</summary>
    End,
}

/// <summary>How far a plan has come, as its rows in the database say.</summary>
/// <param name="Recorded">Steps that are recorded.</param>
/// <param name="Left">Rows that are to be done yet.</param>
/// <param name="Programs">Runs of old programs so far, of whatever plan.</param>
/// <param name="Lost">Lines of history that were written and never committed so far.</param>
/// <param name="IsTaken">A process is at it.</param>
/// <param name="IsWriting">A transaction has written something and is not committed.</param>
internal sealed record PlanProgress(string State, long Recorded, long Left, long Programs, long Lost, bool IsTaken, bool IsWriting);
