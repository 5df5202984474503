using System.Globalization;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>One directory server for the tests of a class, with many people in it from the start.</summary>
public sealed class SlapdFixture : IAsyncLifetime
{
    public const int Many = 10_000;

    private SlapdServer? server;

    public SlapdServer Server => server!;

    public static string ManyBase => $"ou=Many,{SlapdServer.Suffix}";

    public async ValueTask InitializeAsync()
    {
        if (SlapdServer.Obstacle.Length == 0)
        {
            server = await SlapdServer.StartAsync(Write);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    private static void Write(TextWriter writer)
    {
        writer.Write($"dn: {ManyBase}\nobjectClass: organizationalUnit\nou: Many\n\n");
        for (var i = 0; i < Many; i++)
        {
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"dn: cn=Person {i},{ManyBase}\nobjectClass: inetOrgPerson\ncn: Person {i}\nsn: {i}\nmail: p{i}@site1.example\ndepartmentNumber: {i % 40}\ntelephoneNumber: {i}\n\n"));
        }

        writer.Write($"dn: ou=Closed,{SlapdServer.Suffix}\nobjectClass: organizationalUnit\nou: Closed\n\n");
    }
}
