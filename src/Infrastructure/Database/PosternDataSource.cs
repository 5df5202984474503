using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Database;

/// <summary>Opens PostgreSQL the way every part of Postern expects it, with the enum types of the schema mapped.</summary>
public static class PosternDataSource
{
    /// <summary>A pool on <paramref name="connectionString"/>; the schema must be migrated, because enum types are read on first use.</summary>
    public static NpgsqlDataSource Create(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "postern";
        builder.MapEnum<DeliveryState>("delivery_state");
        return builder.Build();
    }
}
