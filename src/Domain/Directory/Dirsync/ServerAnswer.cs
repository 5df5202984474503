using Postern.Domain.Formats.MsMail;

namespace Postern.Domain.Directory.Dirsync;

/// <summary>What a server's mail says, once its records were read: the three numbers, and which records came.</summary>
public sealed record ServerAnswer
{
    /// <summary>The echo: the last of our records that the server has; null where it does not say.</summary>
    public long? RequestorSequence { get; init; }

    /// <summary>The last of its records; null where it does not say, then it is the last that came.</summary>
    public long? ServerSequence { get; init; }

    public long? ImportSequence { get; init; }

    /// <summary>The number of the first record that could be read; null for an answer without records, which is a good answer (Q156714).</summary>
    public long? First { get; init; }

    /// <summary>The number of the last record that could be read.</summary>
    public long? Last { get; init; }

    /// <summary>It holds records that replace whole lists.</summary>
    public bool IsFull { get; init; }

    /// <summary>It ends inside a record, or a part of it cannot be read.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>Numbers of DIRSYNC.LOG that the mail names.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];

    /// <summary>The answer of a mail and its records; they are read once, as they are put into staging.</summary>
    public static ServerAnswer Of(DirsyncMessage message, IEnumerable<ImportRecord> records, Action<ImportRecord> stage)
    {
        var answer = new ServerAnswer
        {
            RequestorSequence = message.RequestorSequence,
            ServerSequence = message.ServerSequence,
            ImportSequence = message.ImportSequence,
            Errors = [.. message.Faults.Select(fault => fault.Number)],
        };
        foreach (var record in records)
        {
            if (record.IsCut || record.Number is not { } number)
            {
                answer = answer with { IsDamaged = true };
                continue;
            }

            // A record with a fault is told and passed over; its number counts as read, or it would come for ever (Q156729).
            answer = answer with { First = answer.First ?? number, Last = Math.Max(answer.Last ?? 0, number), IsFull = answer.IsFull || record.Action == ImportAction.Replace };
            stage(record);
        }

        return answer;
    }
}
