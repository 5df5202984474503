using System.DirectoryServices.Protocols;
using Postern.Domain.Formats.Ldap;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>Tries what an LDAP partner needs: the server, its certificate, the account, the base, the container and the right to write there. Changes nothing.</summary>
internal sealed class LdapChecks(Partner partner, LdapSettings settings, LdapHeld held, string password, TimeProvider clock)
{
    private const string PagedResults = "1.2.840.113556.1.4.319";
    private const string OpenLdap = "OpenLDAProotDSE";

    // OpenLDAP does everything but the change itself when it is asked with this, and says so with this code.
    private const string NoOperation = "1.3.6.1.4.1.4203.666.5.2";
    private const int NoOperationCode = 0x410E;

    private readonly List<PartnerCheck> checks = [];

    /// <summary>Faults first.</summary>
    public async Task<IReadOnlyList<PartnerCheck>> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var session = await LdapSession.OpenAsync(settings, password, clock, cancellationToken);
            Say(true, settings.Encryption == LdapEncryption.Off
                ? $"{settings.Host} answers without encryption."
                : $"{settings.Host} answers with a certificate that is trusted: {session.Certificate}.");
            Say(true, settings.BindDn.Length > 0 ? $"{settings.BindDn} is let in." : "Anybody is let in without a name.");
            var root = await session.FindAsync("", ["supportedControl", "objectClass"]);
            var values = root is null ? Array.Empty<string>().ToLookup(value => value) : LdapValues.Of(root);
            if (!values["supportedControl"].Contains(PagedResults))
            {
                Say(false, "The server does not say that it gives entries page by page. Without that it cannot be read (RFC 2696).");
            }

            await BaseAsync(session, cancellationToken);
            await ContainerAsync(session, values["objectClass"].Contains(OpenLdap), cancellationToken);
        }
        catch (PartnerException e)
        {
            Say(false, e.Message);
        }

        return [.. checks.OrderBy(check => check.IsGood)];
    }

    private async Task BaseAsync(LdapSession session, CancellationToken cancellationToken)
    {
        if (settings.Base.Length == 0 || !partner.Rules.TakesEntries)
        {
            Say(!partner.Rules.TakesEntries, settings.Base.Length == 0 ? "No base is set: no entry is taken." : "The partner's entries are not taken.");
            return;
        }

        try
        {
            var map = settings.Map;
            var search = new LdapSearch(settings.Base, false, settings.EffectiveFilter, map.Attributes);
            await foreach (var entry in session.SearchAsync(search, cancellationToken))
            {
                var values = LdapValues.Of(entry);
                Say(true, $"{settings.Base} was read; its first entry is {entry.DistinguishedName}.");
                Say(map.IdOf(values).Length > 0, map.IdOf(values).Length > 0
                    ? $"Entries are known by {map.IdOf(values).Split(':')[0]}."
                    : $"The entry shows no {string.Join(" or ", map.Id)}: a new address would make another entry of it, and changes cannot be read alone.");
                return;
            }

            Say(false, $"{settings.Base} was read, and no entry there fits {settings.EffectiveFilter}.");
        }
        catch (PartnerException e)
        {
            Say(false, e.Message);
        }
    }

    private async Task ContainerAsync(LdapSession session, bool isOpenLdap, CancellationToken cancellationToken)
    {
        if (settings.Container.Length == 0 || !partner.Rules.GivesEntries)
        {
            Say(!partner.Rules.GivesEntries, settings.Container.Length == 0 ? "No container is set: none of our entries is written." : "Our entries are not given to the partner.");
            return;
        }

        var container = await session.FindAsync(settings.Container, ["allowedChildClassesEffective"]);
        if (container is null)
        {
            Say(false, $"There is no {settings.Container}. Postern makes no containers: make it, and let {settings.BindDn} write there.");
            return;
        }

        await OthersAsync(session, cancellationToken);
        var mayHold = LdapValues.Of(container)["allowedChildClassesEffective"].ToList();
        var (isKnown, isAllowed, words) = mayHold.Count > 0 ? (true, settings.Map.WrittenClasses.All(name => name == "top" || mayHold.Contains(name, StringComparer.OrdinalIgnoreCase) || name is "person" or "organizationalPerson"), "")
            : isOpenLdap ? await TryAddAsync(session)
            : (false, false, "");
        Say(!isKnown || isAllowed, !isKnown ? $"{settings.Container} is there. Whether entries may be written into it shows when the first plan is applied."
            : isAllowed ? $"Entries may be written into {settings.Container}."
            : $"No entry may be written into {settings.Container}: {words}");
    }

    private async Task OthersAsync(LdapSession session, CancellationToken cancellationToken)
    {
        var (ours, others) = (0L, 0L);
        await foreach (var entry in session.SearchAsync(new LdapSearch(settings.Container, true, "(objectClass=*)", ["objectClass"]), cancellationToken))
        {
            var isOurs = DistinguishedName.TryParse(entry.DistinguishedName, out var place, out _) && held.IsOurs(place, LdapValues.Of(entry));
            (ours, others) = isOurs ? (ours + 1, others) : (ours, others + 1);
        }

        Say(true, others == 0
            ? $"{settings.Container} holds {ours:N0} entries of the kind that Postern writes; it answers for all of them."
            : $"{settings.Container} holds {ours:N0} entries of the kind that Postern writes and answers for, and {others:N0} others, which are left alone.");
    }

    private async Task<(bool IsKnown, bool IsAllowed, string Words)> TryAddAsync(LdapSession session)
    {
        var map = settings.Map;
        var request = new AddRequest(held.Container.Child(held.NamingAttribute, "Postern tries whether it may write").ToString());
        foreach (var attribute in map.WrittenClasses.Select(name => ("objectClass", name)).Append((map.NamingAttribute, "Postern tries whether it may write")).Append(("sn", "Postern")).GroupBy(pair => pair.Item1, pair => pair.Item2))
        {
            request.Attributes.Add(new DirectoryAttribute(attribute.Key, [.. attribute.Cast<object>()]));
        }

        // Critical: a server that does not know it refuses the request.
        request.Controls.Add(new DirectoryControl(NoOperation, null, isCritical: true, serverSide: true));
        var (code, words, _) = await session.SendAsync(request);
        return code switch
        {
            (ResultCode)NoOperationCode => (true, true, ""),
            ResultCode.UnavailableCriticalExtension => (false, false, ""),
            _ => (true, false, words),
        };
    }

    private void Say(bool isGood, string sentence) => checks.Add(new PartnerCheck(isGood, sentence));
}
