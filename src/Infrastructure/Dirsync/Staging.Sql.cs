using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;

namespace Postern.Infrastructure.Dirsync;

internal sealed partial class Staging
{
    private const string DropSql = "drop table if exists pg_temp.staged, pg_temp.held, pg_temp.seen, pg_temp.made, pg_temp.mended, pg_temp.mention, pg_temp.source_seen, pg_temp.staged_proxy";

    private const string CreateSql =
        $"""
        {DropSql};
        -- what a directory should hold
        create temp table staged (
          n bigint, identity text collate "C", key bytea, name text, address text, address_key text collate "C", kind smallint, row_values text,
          address_hash bytea, name_key text collate "C", source text, why text, withheld smallint, is_stable boolean);
        -- what it holds
        create temp table held (
          n bigint, identity text collate "C", match text collate "C", is_ours boolean, key bytea, name text, address text, address_key text collate "C", kind smallint, row_values text,
          name_key text collate "C", place text, source_identity text collate "C");
        -- the partner's directory as it was read
        create temp table seen (
          n bigint, identity text collate "C", is_ours boolean, key bytea, name text, address text, address_key text collate "C", kind smallint, row_values text, place text);
        -- the changes, before they have their order
        create temp table made (
          class smallint, gone smallint, takes_held_name boolean, identity text collate "C", key bytea,
          before_identity text collate "C", before_key bytea, before_name text, before_address text, before_address_key text, before_kind smallint, before_values text,
          after_key bytea, after_name text, after_address text, after_address_key text, after_kind smallint, after_values text, sides jsonb, hash bytea);
        create temp table mended (n bigint, row_values text, why text);
        create temp table mention (identity text collate "C", is_gone boolean);
        -- entries of a source that is read by its changes, as they were read now
        create temp table source_seen (
          identity text collate "C", source_id text, name text, address text, proxies text[], kind smallint, row_values text, is_hidden boolean, source text);
        -- further addresses that entries should have
        create temp table staged_proxy (n bigint, address text, hash bytea, address_key text collate "C", is_made boolean);
        set cursor_tuple_fraction = 1;
        set work_mem = '64MB'
        """;

    private const string RowColumns = "key, name, address, address_key, kind, row_values";

    private const string CopyStaged = $"copy staged (n, identity, {RowColumns}, address_hash, name_key, source, why, withheld, is_stable) from stdin (format binary)";

    private const string CopyHeld = $"copy held (n, identity, match, is_ours, {RowColumns}, name_key, place, source_identity) from stdin (format binary)";

    private const string CopySeen = $"copy seen (n, identity, is_ours, {RowColumns}, place) from stdin (format binary)";

    private const string CopyMade =
        """
        copy made (class, gone, takes_held_name, identity, key, before_identity, before_key, before_name, before_address, before_address_key, before_kind, before_values,
                   after_key, after_name, after_address, after_address_key, after_kind, after_values, sides, hash) from stdin (format binary)
        """;

    private const string CopyMended = "copy mended (n, row_values, why) from stdin (format binary)";

    private const string CopyMentions = "copy mention (identity, is_gone) from stdin (format binary)";

    /// <summary>Wants what is held, as it is; what follows says of whom.</summary>
    internal const string WantHeldSql =
        """
        insert into staged (n, identity, key, name, address, address_key, kind, row_values, address_hash, name_key, source, why, withheld, is_stable)
        select -h.n, h.identity, h.key, h.name, h.address, h.address_key, h.kind, h.row_values, sha256(convert_to(h.address_key, 'UTF8')), h.name_key, '', '', null, true
          from held h where h.is_ours
        """;

    private const string MendSql =
        """
        update staged set row_values = mended.row_values, why = case when staged.why = '' or mended.why = '' then staged.why || mended.why else staged.why || ' ' || mended.why end
          from mended where mended.n = staged.n
        """;

    private static void WriteStaged(NpgsqlBinaryImporter copy, StagedRow staged, long number)
    {
        copy.Write(number, NpgsqlDbType.Bigint);
        copy.Write(staged.Row.Identity, NpgsqlDbType.Text);
        Write(copy, staged.Row);
        copy.Write(HashOf(staged.Row.AddressKey), NpgsqlDbType.Bytea);
        copy.Write(Domain.Addresses.NameKey.Fold(staged.Row.Name), NpgsqlDbType.Text);
        copy.Write(Queue.Storable.Text(staged.Source), NpgsqlDbType.Text);
        copy.Write(Queue.Storable.Text(staged.Why), NpgsqlDbType.Text);
        if (staged.Withheld is { } reason)
        {
            copy.Write((short)reason, NpgsqlDbType.Smallint);
        }
        else
        {
            copy.WriteNull();
        }

        copy.Write(staged.IsStable, NpgsqlDbType.Boolean);
    }

    private static void WriteHeld(NpgsqlBinaryImporter copy, HeldEntry held, long number)
    {
        copy.Write(number, NpgsqlDbType.Bigint);
        copy.Write(held.Row.Identity, NpgsqlDbType.Text);
        copy.Write(held.Match, NpgsqlDbType.Text);
        copy.Write(held.IsOurs, NpgsqlDbType.Boolean);
        Write(copy, held.Row);
        copy.Write(Domain.Addresses.NameKey.Fold(held.Row.Name), NpgsqlDbType.Text);
        copy.Write(held.Place, NpgsqlDbType.Text);
        copy.Write(held.SourceIdentity, NpgsqlDbType.Text);
    }

    private static void WriteSeen(NpgsqlBinaryImporter copy, ReadRecord record, long number)
    {
        copy.Write(number, NpgsqlDbType.Bigint);
        copy.Write(record.Held!.Identity, NpgsqlDbType.Text);
        copy.Write(record.IsOurs, NpgsqlDbType.Boolean);
        Write(copy, record.Held);
        copy.Write(record.Place, NpgsqlDbType.Text);
    }

    private static void WriteMade(NpgsqlBinaryImporter copy, Change change, long number)
    {
        copy.Write((short)change.Class, NpgsqlDbType.Smallint);
        copy.Write((short)change.Gone, NpgsqlDbType.Smallint);
        copy.Write(change.TakesHeldName, NpgsqlDbType.Boolean);
        copy.Write(change.Identity, NpgsqlDbType.Text);
        copy.Write(change.Key.Stored, NpgsqlDbType.Bytea);
        if (change.Before is { } before)
        {
            copy.Write(before.Identity, NpgsqlDbType.Text);
        }
        else
        {
            copy.WriteNull();
        }

        Write(copy, change.Before);
        Write(copy, change.After);
        if (change.Sides.Count > 0)
        {
            copy.Write(JsonSerializer.Serialize(change.Sides, PlanRows.Json), NpgsqlDbType.Jsonb);
        }
        else
        {
            copy.WriteNull();
        }

        copy.Write(ChangeHash.Of(change), NpgsqlDbType.Bytea);
    }

    private static void WriteMended(NpgsqlBinaryImporter copy, (long Number, RowValues Values, string Why) row, long number)
    {
        copy.Write(row.Number, NpgsqlDbType.Bigint);
        copy.Write(row.Values.Text, NpgsqlDbType.Text);
        copy.Write(Queue.Storable.Text(row.Why), NpgsqlDbType.Text);
    }

    private static void WriteMention(NpgsqlBinaryImporter copy, (string Identity, bool IsGone) mention, long number)
    {
        copy.Write(mention.Identity, NpgsqlDbType.Text);
        copy.Write(mention.IsGone, NpgsqlDbType.Boolean);
    }

    internal static byte[] HashOf(string addressKey) => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(addressKey));
}
