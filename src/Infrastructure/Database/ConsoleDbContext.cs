using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using Postern.Infrastructure.Configuration.Tables;

namespace Postern.Infrastructure.Database;

/// <summary>Configuration and directory as EF Core sees them. The mail tables are not in it: their statements are written out.</summary>
public sealed class ConsoleDbContext(DbContextOptions<ConsoleDbContext> options) : DbContext(options)
{
    public DbSet<SiteRow> Sites => Set<SiteRow>();

    public DbSet<ConnectorRow> Connectors => Set<ConnectorRow>();

    public DbSet<PostOfficeRow> PostOffices => Set<PostOfficeRow>();

    public DbSet<ListenerRow> Listeners => Set<ListenerRow>();

    public DbSet<EntryRow> Entries => Set<EntryRow>();

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    public DbSet<ConfigurationRow> Configuration => Set<ConfigurationRow>();

    /// <summary>Options for a context on <paramref name="database"/>.</summary>
    public static DbContextOptions<ConsoleDbContext> OptionsFor(NpgsqlDataSource database) =>
        Complete(new DbContextOptionsBuilder<ConsoleDbContext>().UseNpgsql(database));

    /// <summary>Options for a context on a connection whose transaction is the caller's.</summary>
    public static DbContextOptions<ConsoleDbContext> OptionsFor(NpgsqlConnection connection) =>
        Complete(new DbContextOptionsBuilder<ConsoleDbContext>().UseNpgsql(connection));

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ConsoleDbContext).Assembly);

    private static DbContextOptions<ConsoleDbContext> Complete(DbContextOptionsBuilder<ConsoleDbContext> builder) =>
        builder
            // The schema is written in SQL files, so there is no model snapshot to compare with; a test compares the two schemas instead.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;
}
