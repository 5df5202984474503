using System.DirectoryServices.Protocols;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.Ldap;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>
/// Writes entries of ours into the container, one request a step. Before something is changed it is looked at: only an entry of ours that is still the one the plan
/// speaks of is touched, and one that already is as it should be is left as it is.
/// </summary>
internal sealed class LdapWriter(AttributeMap map, LdapHeld held, LdapSession session)
{
    private const int MostNumbers = 99;

    public async Task<StepResult> DoAsync(WriteStep step) => step.Step.Kind switch
    {
        StepKind.Delete => await DeleteAsync(step),
        StepKind.Change => await ChangeAsync(step),
        _ => await AddAsync(step, 1),
    };

    private async Task<StepResult> DeleteAsync(WriteStep step)
    {
        var found = await FindAsync(PlaceOf(step, step.Step.Before!));
        if (found is null)
        {
            return Done(step, ""); // it is gone already
        }

        if (WhyNotTouched(found, step.Step) is { Length: > 0 } fault)
        {
            return Refused(step, fault);
        }

        var (code, words, _) = await session.SendAsync(new DeleteRequest(found.Text));
        return code is ResultCode.Success or ResultCode.NoSuchObject ? Done(step, "") : Refused(step, words);
    }

    private async Task<StepResult> ChangeAsync(WriteStep step)
    {
        var after = step.Step.After!;
        // A rename that was done before the process ended leaves the entry at its new place.
        var found = await FindAsync(PlaceOf(step, step.Step.Before!)) ?? (map.HasMadeUpNames ? null : await FindAsync(held.Container.Child(held.NamingAttribute, after.Name).ToString()));
        return found is null
            ? Refused(step, $"{step.Step.Before!.Name} is no longer in {held.Container}; the next cycle looks at it again.")
            : WhyNotTouched(found, step.Step) is { Length: > 0 } fault ? Refused(step, fault)
            : await BringAsync(step, found);
    }

    private async Task<StepResult> AddAsync(WriteStep step, int number)
    {
        var after = step.Step.After!;
        var own = map.HasMadeUpNames ? MadeUp(after, number) : after.Name;
        var place = held.Container.Child(held.NamingAttribute, own).ToString();
        var request = new AddRequest(place);
        var written = map.Write(after).ToList();
        if (map.HasMadeUpNames && held.NamingAttribute == map.NamingAttribute)
        {
            written.Add(KeyValuePair.Create(map.NamingAttribute, own));
        }

        foreach (var attribute in written.GroupBy(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase))
        {
            request.Attributes.Add(new DirectoryAttribute(attribute.Key, [.. attribute.Cast<object>()]));
        }

        var (code, words, _) = await session.SendAsync(request);
        switch (code)
        {
            case ResultCode.Success:
                return Done(step, place);
            case ResultCode.NoSuchObject:
                throw new PartnerException($"The container {held.Container} is gone: {words}");
            case ResultCode.EntryAlreadyExists when await FindAsync(place) is { } found:
                return held.IsOurs(found.Place, found.Values) && AddressOf(found) is var address && (address.Length == 0 || address == after.AddressKey) ? await BringAsync(step, found)
                    : map.HasMadeUpNames && number < MostNumbers ? await AddAsync(step, number + 1)
                    : Refused(step, $"{place} is there already and is not ours to change: {words}");
            default:
                return Refused(step, words);
        }
    }

    // To what the step wants, from wherever it is: a step that was half done is finished, one that was done changes nothing.
    private async Task<StepResult> BringAsync(WriteStep step, Found found)
    {
        var after = step.Step.After!;
        var (place, stands) = (found.Text, held.PlaceOf(found.Place));
        if (!map.HasMadeUpNames && found.Place.Name != after.Name)
        {
            var renamed = held.Container.Child(held.NamingAttribute, after.Name);
            var (code, words, _) = await session.SendAsync(new ModifyDNRequest(place, null, renamed.OwnPart) { DeleteOldRdn = true });
            if (code != ResultCode.Success)
            {
                return Refused(step, code == ResultCode.EntryAlreadyExists ? $"{renamed} is there already: {words}" : words);
            }

            place = stands = renamed.ToString();
        }

        var request = new ModifyRequest(place);
        request.Modifications.AddRange([.. Differences(found.Values, after)]);
        if (request.Modifications.Count > 0)
        {
            var (code, words, _) = await session.SendAsync(request);
            if (code != ResultCode.Success)
            {
                return Refused(step, words);
            }
        }

        return Done(step, stands);
    }

    // What we write, and nothing else: a photograph that somebody has put there stays.
    private IEnumerable<DirectoryAttributeModification> Differences(ILookup<string, string> values, DirectoryRow after)
    {
        var wanted = map.Write(after).ToLookup(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        var written = map.Name.Concat([map.Mail, map.Target]).Concat(map.Values.Select(value => value.Attribute)).Concat(wanted.Select(attribute => attribute.Key))
            .Where(name => name.Length > 0 && !name.Equals("objectClass", StringComparison.OrdinalIgnoreCase) && (map.HasMadeUpNames || !name.Equals(map.NamingAttribute, StringComparison.OrdinalIgnoreCase)))
            .Distinct(StringComparer.OrdinalIgnoreCase);
        foreach (var name in written.Where(name => !values[name].ToHashSet(StringComparer.Ordinal).SetEquals(wanted[name])))
        {
            var modification = new DirectoryAttributeModification { Name = name, Operation = DirectoryAttributeOperation.Replace };
            modification.AddRange(wanted[name].ToArray());
            yield return modification;
        }
    }

    private async Task<Found?> FindAsync(string text) =>
        await session.FindAsync(text, map.Attributes) is { } entry && DistinguishedName.TryParse(entry.DistinguishedName, out var place, out _)
            ? new Found(entry.DistinguishedName, place, LdapValues.Of(entry))
            : null;

    private string WhyNotTouched(Found found, ApplyStep step)
    {
        var address = AddressOf(found);
        return !held.IsOurs(found.Place, found.Values) ? $"{found.Place} is no entry that Postern wrote into {held.Container}, and is left alone."
            : address.Length == 0 || address == step.Before?.AddressKey || address == step.After?.AddressKey ? ""
            : $"{found.Place} has another address now than the plan says; the next cycle looks at it again.";
    }

    private string AddressOf(Found found) => map.TryRead(found.Text, found.Values, out var entry, out _) ? entry.Address.Key : "";

    private string PlaceOf(WriteStep step, DirectoryRow before) =>
        step.Place.Length > 0 || map.HasMadeUpNames ? (step.Place.Length > 0 ? step.Place : held.Container.Child(held.NamingAttribute, MadeUp(before, 1)).ToString())
            : held.Container.Child(held.NamingAttribute, before.Name).ToString();

    // Nobody reads it (Q182503); it only has to be the same when the step is done twice.
    private static string MadeUp(DirectoryRow row, int number)
    {
        var mark = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(row.AddressKey)))[..16];
        return number == 1 ? $"P{mark}" : string.Create(CultureInfo.InvariantCulture, $"P{mark}-{number}");
    }

    private static StepResult Done(WriteStep step, string place) => new(step.Ordinal, step.Step.Kind, "", place);

    private static StepResult Refused(WriteStep step, string fault) => new(step.Ordinal, step.Step.Kind, fault, step.Place);

    private sealed record Found(string Text, DistinguishedName Place, ILookup<string, string> Values);
}
