using Npgsql;
using Postern.Domain.Directory.Plans;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Carries steps of a plan out in our own directory.</summary>
public sealed class OwnDirectory
{
    /// <summary>Everything is changed in place, so that an entry keeps its number.</summary>
    public static readonly TargetAbility Ability = new(true, true, true);

    /// <summary>Carries out steps within a transaction of the caller, and says of each how it went.</summary>
    public Task<IReadOnlyList<StepResult>> ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Partner partner, IReadOnlyList<(int Ordinal, ApplyStep Step)> steps, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
