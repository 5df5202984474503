using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class LdapContractTests(SlapdFixture fixture) : PartnerContract, IClassFixture<SlapdFixture>
{
    private protected override Task<PartnerRoom> EnterAsync() => Task.FromResult<PartnerRoom>(new Room(new LdapRoom(fixture.Server)));

    private sealed class Room(LdapRoom room) : PartnerRoom
    {
        public override Task<IPartnerDirectory> OpenAsync() => room.OpenAsync();

        public override string AddressOf(string name) => $"{name}@site2.example";

        public override Task<IReadOnlyList<string>> ListedAsync() => Task.FromResult(room.Names(room.Container));

        public override Task PutOwnAsync(string name)
        {
            room.Put(room.People, name, ("mail", "own@site1.example"));
            return Task.CompletedTask;
        }

        // A name that somebody else has in the container.
        public override bool TryRefuse(string name)
        {
            room.Put(room.Container, name, ("objectClass", "device"));
            return false;
        }

        public override ValueTask DisposeAsync()
        {
            room.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
