using Npgsql;
using Postern.Domain.Directory.Dirsync;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Formats.MsMail;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Dirsync.Requestor;

/// <summary>Reads what the server sent, mail by mail in the order in which it came: the last one does not win over those before it (Q142841).</summary>
/// <remarks>Records, numbers and the mail itself change in one transaction: after a crash a mail is either read whole or not at all (Q122750, Q241117).</remarks>
internal sealed class RequestorAnswers(MsMailLink link, RequestorStore store, ServerLists lists, OwnLists own, string server, string requestor)
{
    private const int MostFaults = 100;

    private readonly List<string> notes = [];
    private readonly List<EntryFault> faults = [];

    /// <summary>Sentences about the mails that were read.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Records that could not be applied.</summary>
    public IReadOnlyList<EntryFault> Faults => faults;

    /// <summary>Reads all that wait.</summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var waiting = await store.WaitingAsync(SystemMail.HomeKeyOf(server), SystemMail.HomeKeyOf(requestor), cancellationToken);
        foreach (var mail in waiting)
        {
            using var text = await store.ContentAsync(mail.Id, isAttachment: false, link.House.SpoolFolder, cancellationToken);
            using var attachment = await store.ContentAsync(mail.Id, isAttachment: true, link.House.SpoolFolder, cancellationToken);
            await ReadAsync(mail, text, attachment, cancellationToken);
        }

        if (waiting.Count > 0)
        {
            await store.SaidAsync(notes, cancellationToken);
        }
    }

    private async Task ReadAsync(WaitingMail mail, MessageContent text, MessageContent attachment, CancellationToken cancellationToken)
    {
        var message = DirsyncReader.Read(text.AsSequence(), link.Profile);
        var isReport = MsMailAddressText.Parse(mail.Sender).IsMailbox(MsMailAddressText.PostmasterMailbox);
        var isAnswer = !isReport && message.Faults.All(fault => fault.Number != 124 || fault.Line != 1 || mail.HasAttachment);
        await using var connection = await store.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (isReport)
        {
            notes.Add($"A mail to {server}/{MsMailAddressText.SystemMailbox} came back from {mail.Sender}: {Reason(text)}");
        }
        else if (!isAnswer)
        {
            notes.Add($"A mail of {mail.Sender} was no answer of a synchronisation server: {message.Faults[0].Sentence}");
        }
        else if (message.Task is DirsyncTask.Export or DirsyncTask.ImportRequest)
        {
            // A requestor's mail at a requestor: the other side takes us for the server (Q108844).
            notes.Add($"[133] {mail.Sender} sent a request, as to a server. It was not taken: Postern is a requestor of {server}, and nobody's server.");
        }
        else
        {
            var row = await store.LockAsync(connection, cancellationToken);
            var records = mail.HasAttachment ? DirsyncReader.AttachedRecords(attachment.AsSequence(), link.Profile) : DirsyncReader.BodyRecords(text.AsSequence(), link.Profile);
            var answer = Damaged(ServerAnswer.Of(message, records, _ => { }), mail);
            var verdict = ForeignRequestor.Receive(row.State, answer, mail.ArrivedAt);
            if (verdict.IsTaken)
            {
                var applied = await ApplyAsync(connection, records, verdict, cancellationToken);
                if (applied > 0)
                {
                    notes.Add($"{server} sent {applied:N0} {(applied == 1 ? "record" : "records")}{(verdict.ReplacesLists ? ", its whole lists" : "")}; the last one is {verdict.State.ServerSequence:N0}.");
                }
            }

            notes.AddRange(message.Faults.Select(fault => $"{server} says: [{fault.Number}] {Storable.Text(fault.Sentence, 200)}"));
            await store.SaveAsync(connection, verdict.State, cancellationToken);
        }

        await RequestorStore.ForgetAsync(connection, mail.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<long> ApplyAsync(
        NpgsqlConnection connection, IEnumerable<ImportRecord> records, AnswerVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict.ReplacesLists)
        {
            await lists.DropAllAsync(connection, cancellationToken);
        }

        var applied = 0L;
        foreach (var record in records)
        {
            if (record.IsCut || record.Number is not { } number || (number <= verdict.AppliesAfter && !verdict.ReplacesLists) || number > verdict.State.ServerSequence)
            {
                continue;
            }

            applied++;
            if (await lists.ApplyAsync(connection, record, own, cancellationToken) is { } fault && faults.Count < MostFaults)
            {
                faults.Add(fault);
            }
        }

        await lists.FlushAsync(connection, cancellationToken);
        return applied;
    }

    // An answer that says it has records and whose attachment holds none that can be read is damaged, and is asked for again (116, 124).
    private static ServerAnswer Damaged(ServerAnswer answer, WaitingMail mail) => mail.HasAttachment && answer.First is null ? answer with { IsDamaged = true } : answer;

    private string Reason(MessageContent text)
    {
        var body = link.Profile.Decode(System.Buffers.BuffersExtensions.PositionOf(text.AsSequence(), (byte)0x1A) is { } end ? text.AsSequence().Slice(0, end) : text.AsSequence());
        var line = body.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line is ['[', _, _, _, ']', ..]) ?? "it does not say why.";
        return Storable.Text(line, 200);
    }
}
