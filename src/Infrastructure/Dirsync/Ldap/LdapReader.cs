using System.Globalization;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Formats.Ldap;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>One read of a directory: our container as a whole, and of the others' entries all, or those that changed with the ids of all.</summary>
internal sealed class LdapReader(Partner partner, LdapSettings settings, LdapHeld held, LdapSession session, TimeProvider clock, Func<ReadRecord, ValueTask> take)
{
    // A server's clock may be ahead of ours by so much; a time beyond that is nobody's yesterday.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    private readonly AttributeMap map = settings.Map;
    private readonly List<string> notes = [];
    private bool isComplete = true;
    private bool hasIds = true;
    private DateTimeOffset newest;
    private string newestText = "";

    public async Task<ReadResult> ReadAsync(string memory, CancellationToken cancellationToken)
    {
        var last = LdapMemory.Read(memory);
        if (partner.Rules.GivesEntries && settings.Container.Length > 0)
        {
            await ReadContainerAsync(cancellationToken);
        }

        if (!partner.Rules.TakesEntries || settings.Base.Length == 0)
        {
            return new ReadResult(isComplete, false, true, memory, notes);
        }

        var cut = CutOf(last);
        var knowsAll = cut is null || await ReadIdentitiesAsync(cut.Value, cancellationToken);
        var filter = cut is null
            ? settings.EffectiveFilter
            : FilterText.And(settings.EffectiveFilter, $"({map.ModifiedAt}>={GeneralizedTime.Write(cut.Value, last.Newest)})");
        await ReadEntriesAsync(filter, cancellationToken);
        return new ReadResult(isComplete, cut is not null, knowsAll, isComplete ? Next(last, cut is null) : memory, notes);
    }

    // Since when changes are to be read; null when everything is.
    private DateTimeOffset? CutOf(LdapMemory last)
    {
        var isWhole = !settings.ReadsChanges || last.Of != LdapMemory.FingerprintOf(settings) || last.WholeAt is null || clock.GetUtcNow() - last.WholeAt >= settings.ReadWholeEvery;
        return !isWhole && GeneralizedTime.TryRead(last.Newest, out var seen) ? new DateTimeOffset((seen - settings.Overlap).UtcDateTime.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero) : null;
    }

    private string Next(LdapMemory last, bool isWhole)
    {
        if (hasIds && isWhole && settings.ReadsChanges && newestText.Length == 0)
        {
            notes.Add($"{settings.Host} shows no {map.ModifiedAt} of any entry, so that everything is read with every cycle.");
        }

        return new LdapMemory
        {
            Of = LdapMemory.FingerprintOf(settings),
            Newest = !hasIds ? "" : newestText.Length > 0 ? newestText : isWhole ? "" : last.Newest,
            WholeAt = isWhole ? clock.GetUtcNow() : last.WholeAt,
        }.Write();
    }

    private async Task ReadContainerAsync(CancellationToken cancellationToken)
    {
        var search = new LdapSearch(settings.Container, true, "(objectClass=*)", map.Attributes);
        await foreach (var entry in session.SearchAsync(search, cancellationToken))
        {
            var values = LdapValues.Of(entry);
            if (!DistinguishedName.TryParse(entry.DistinguishedName, out var place, out var fault))
            {
                await take(new ReadRecord { Fault = new EntryFault(entry.DistinguishedName, fault) });
                continue;
            }

            var isOurs = held.IsOurs(place, values);
            if (held.TryRow(place, values, isOurs, out var row, out fault))
            {
                await take(new ReadRecord { Held = row, IsOurs = isOurs, Place = isOurs ? held.PlaceOf(place) : entry.DistinguishedName });
            }
            else if (fault.Length > 0)
            {
                await take(new ReadRecord { IsOurs = isOurs, Place = entry.DistinguishedName, Fault = new EntryFault(entry.DistinguishedName, fault) });
            }
        }

        End(search);
    }

    // Comes before the changes: what is changed in between is then told twice, and never taken for gone.
    private async Task<bool> ReadIdentitiesAsync(DateTimeOffset cut, CancellationToken cancellationToken)
    {
        var search = new LdapSearch(settings.Base, false, settings.EffectiveFilter, [.. map.Id, map.ModifiedAt]);
        try
        {
            await foreach (var entry in session.SearchAsync(search, cancellationToken))
            {
                var values = LdapValues.Of(entry);
                var identity = map.IdOf(values);
                hasIds &= identity.Length > 0;
                if (Seen(values) is not { } changed || changed < cut)
                {
                    await take(new ReadRecord { StillThere = identity });
                }
            }
        }
        catch (PartnerException e)
        {
            notes.Add($"Which entries are gone cannot be told this time, and none is deleted: {e.Message}");
            return false;
        }

        if (search.Stopped.Length > 0 || !hasIds)
        {
            notes.Add($"Which entries are gone cannot be told this time, and none is deleted: {(search.Stopped.Length > 0 ? search.Stopped : $"some show no {string.Join(" or ", map.Id)}.")}");
            return false;
        }

        return true;
    }

    private async Task ReadEntriesAsync(string filter, CancellationToken cancellationToken)
    {
        var search = new LdapSearch(settings.Base, false, filter, map.Attributes);
        var isAround = DistinguishedName.TryParse(settings.Base, out var from, out _) && settings.Container.Length > 0 && held.Container.IsWithin(from);
        await foreach (var entry in session.SearchAsync(search, cancellationToken))
        {
            var values = LdapValues.Of(entry);
            Seen(values);
            if (isAround && DistinguishedName.TryParse(entry.DistinguishedName, out var place, out _) && held.IsOurs(place, values))
            {
                continue;
            }

            var isRead = map.TryRead(entry.DistinguishedName, values, out var read, out var fault);
            hasIds &= map.IdOf(values).Length > 0;
            await take(isRead ? new ReadRecord { Entry = read, Place = entry.DistinguishedName } : new ReadRecord { Fault = fault });
        }

        End(search);
        if (search.Referrals > 0)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{search.Referrals:N0} parts of {settings.Base} are on other servers and were not read."));
        }
    }

    private DateTimeOffset? Seen(ILookup<string, string> values)
    {
        var text = values[map.ModifiedAt].FirstOrDefault("");
        if (!GeneralizedTime.TryRead(text, out var time))
        {
            return null;
        }

        if (time > newest && time < clock.GetUtcNow() + Ahead)
        {
            (newest, newestText) = (time, text);
        }

        return time;
    }

    private void End(LdapSearch search)
    {
        if (search.Stopped.Length > 0)
        {
            isComplete = false;
            notes.Add($"{search.Stopped} What was not read is taken for neither gone nor free. Raise the limit for this account, or narrow the base or the filter.");
        }
    }
}
