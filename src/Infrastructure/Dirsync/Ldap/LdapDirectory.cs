using Postern.Domain.Addresses;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Domain.Formats.Ldap;

namespace Postern.Infrastructure.Dirsync.Ldap;

/// <summary>The directory of an LDAP partner: everybody's entries below its base, and ours in their container.</summary>
internal sealed class LdapDirectory : IPartnerDirectory
{
    private readonly Partner partner;
    private readonly LdapSettings settings;
    private readonly string password;
    private readonly TimeProvider clock;
    private readonly AttributeMap map;
    private readonly LdapHeld held;

    public LdapDirectory(Partner partner, LdapSettings settings, string password, TimeProvider clock)
    {
        this.partner = partner;
        this.settings = settings;
        this.password = password;
        this.clock = clock;
        map = settings.Map;
        held = new LdapHeld(map, Names, DistinguishedName.TryParse(settings.Container, out var container, out var fault) ? container : throw new PartnerException(fault));
    }

    public NameRule Names { get; } = new LdapNames();

    public TargetAbility Ability => TargetAbility.Ldap;

    /// <summary>Without an attribute for the target of mail an entry has an internet address only.</summary>
    public IReadOnlyList<string> AddressTypes => map.Target.Length > 0 ? [SmtpAddress.TypeName, CcMailAddress.TypeName, MsMailAddress.TypeName] : [SmtpAddress.TypeName];

    public bool IsReadBack => true;

    public bool ReadsChanges => settings.ReadsChanges;

    public bool TryHold(DirectoryRow row, out DirectoryRow held, out string fault) => map.TryHold(row, out held, out fault);

    public async Task<ReadResult> ReadAsync(string memory, Func<ReadRecord, ValueTask> take, CancellationToken cancellationToken)
    {
        using var session = await LdapSession.OpenAsync(settings, password, clock, cancellationToken);
        return await new LdapReader(partner, settings, held, session, clock, take).ReadAsync(memory, cancellationToken);
    }

    public async Task<string> WriteAsync(string memory, IAsyncEnumerable<WriteStep> steps, Func<StepResult, ValueTask> done, CancellationToken cancellationToken)
    {
        if (settings.Container.Length == 0)
        {
            throw new PartnerException($"{partner.Name} has no container that our entries could be written into.");
        }

        using var session = await LdapSession.OpenAsync(settings, password, clock, cancellationToken);
        var writer = new LdapWriter(map, held, session);
        await foreach (var step in steps.WithCancellation(cancellationToken))
        {
            await done(await writer.DoAsync(step));
        }

        return memory;
    }

    public Task<IReadOnlyList<PartnerCheck>> CheckAsync(CancellationToken cancellationToken) => new LdapChecks(partner, settings, held, password, clock).RunAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
