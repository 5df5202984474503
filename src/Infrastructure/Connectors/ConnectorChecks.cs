using Npgsql;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Smtp.Sending;

namespace Postern.Infrastructure.Connectors;

/// <summary>Tries what a connector would need before it is saved: opens its folders, finds its programs, greets its hosts. Nothing is saved, and no mail moves.</summary>
/// <param name="hostName">Our name in EHLO, where the settings give none.</param>
public sealed class ConnectorChecks(NpgsqlDataSource database, AllowedPaths allowed, SecretStore secrets, string hostName, TimeProvider clock)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>One answer for each thing that was tried.</summary>
    /// <param name="password">A password that is typed and not yet stored; null takes the stored one.</param>
    public async Task<IReadOnlyList<CheckAnswer>> RunAsync(ConnectorItem connector, string? password, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(Limit);
        switch (connector.Kind)
        {
            case "smtp":
                var smtp = SettingsJson.Read<SmtpConnectorSettings>(connector.Settings);
                var (smtpSecret, smtpWord) = await SecretAsync(smtp.PasswordSecret, password, cancellationToken);
                return [.. smtpSecret, .. await new SmtpChecks(smtp, hostName, smtpWord, clock).RunAsync(timer.Token)];
            case "ccmail":
                var ccMail = SettingsJson.Read<CcMailConnectorSettings>(connector.Settings);
                var (ccMailSecret, _) = await SecretAsync(ccMail.PasswordSecret, password, cancellationToken);
                var names = await SiteNamesAsync("select ccmail_post_office from site where ccmail_post_office <> '' order by 1", cancellationToken);
                // A share that hangs hangs a thread of ours, never the window.
                var answers = Task.Run(() => new CcMailChecks(ccMail, allowed, names).Run(), CancellationToken.None);
                return [.. ccMailSecret, .. await AnsweredAsync(answers)];
            case "msmail":
                var msMail = SettingsJson.Read<MsMailConnectorSettings>(connector.Settings);
                var (msMailSecret, _) = await SecretAsync(msMail.PasswordSecret, password, cancellationToken);
                var shadows = await SiteNamesAsync("select msmail_network || '/' || msmail_post_office from site where msmail_post_office <> '' order by 1", cancellationToken);
                var checks = Task.Run(() => new MsMailChecks(msMail, allowed, shadows).Run(), CancellationToken.None);
                return [.. msMailSecret, .. await AnsweredAsync(checks)];
            default:
                return [];
        }
    }

    private async Task<IReadOnlyList<CheckAnswer>> AnsweredAsync(Task<IReadOnlyList<CheckAnswer>> answers)
    {
        try
        {
            return await answers.WaitAsync(Limit, clock);
        }
        catch (TimeoutException)
        {
            return [new CheckAnswer("postOfficePath", false, $"The folders did not answer within {Limit.TotalSeconds:N0} seconds. Look at the share they lie on.")];
        }
    }

    private async Task<(IReadOnlyList<CheckAnswer> Answers, string Word)> SecretAsync(string name, string? typed, CancellationToken cancellationToken)
    {
        if (typed is not null)
        {
            return ([new CheckAnswer("password", true, "The password typed here is used for this test; it is stored when you save.")], typed);
        }

        if (name.Length == 0)
        {
            return ([], "");
        }

        try
        {
            return await secrets.GetAsync(name, cancellationToken) is { } stored
                ? ([new CheckAnswer("password", true, $"The secret {name} is stored.")], stored)
                : ([new CheckAnswer("password", false, $"The secret {name} is not stored yet. Set its password here.")], "");
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return ([new CheckAnswer("password", false, $"The secret {name} was encrypted with another key file. Set its password again.")], "");
        }
    }

    private async Task<IReadOnlyList<string>> SiteNamesAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }
}
