// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Documents out of rows: <c>head</c> is one up to the end of its metadata, <c>rest</c> all that follows, packed where it is shorter than <c>size</c>.</summary>
/// <remarks>
/// A list of metadata reads heads, which stand before the rest in their rows, and no page more. <c>sum</c> holds the CRC-32C of both, as they
/// are stored: the file's own check knows its trees, not what is in them.
/// </remarks>
internal static class SqliteBodies
{
    /// <summary>The first version of the schema whose rows are so; before, <c>body</c> was the document.</summary>
    public const long FirstVersion = 3;

    /// <summary>Of a SELECT; <see cref="Read"/> takes them.</summary>
    /// <param name="version">Of the file's schema.</param>
    public static string Columns(long version, bool metadataOnly) => (version >= FirstVersion, metadataOnly) switch
    {
        (false, _) => "revision, NULL, NULL, NULL, body",
        (true, true) => "revision, sum, size, head, NULL",
        (true, false) => "revision, sum, size, head, rest",
    };

    /// <param name="at">The first of the columns.</param>
    /// <exception cref="DamagedObjectException">The row is not what was written.</exception>
    public static StoredObject Read(SqliteDataReader row, int at, ObjectKey key) =>
        TryRead(row, at, key) ?? throw new DamagedObjectException(key, row.GetInt64(at));

    /// <returns>Null: the row is not what was written.</returns>
    public static StoredObject? TryRead(SqliteDataReader row, int at, ObjectKey key)
    {
        long revision = row.GetInt64(at);
        if (row.IsDBNull(at + 1))
        {
            return new StoredObject(key, revision, (byte[])row.GetValue(at + 4));
        }

        (ulong sum, long size, byte[] head) = ((ulong)row.GetInt64(at + 1), row.GetInt64(at + 2), (byte[])row.GetValue(at + 3));
        if ((uint)(sum >> 32) != PackedBody.Crc(head) || size < 0 || size > Array.MaxLength - head.Length)
        {
            return null;
        }

        return row.IsDBNull(at + 4) ? Head(key, revision, head, size) : Whole(key, revision, head, size, (byte[])row.GetValue(at + 4), (uint)sum);
    }

    private static StoredObject Head(ObjectKey key, long revision, byte[] head, long size) =>
        new(key, revision, (byte[])[.. head, (byte)'}']) { SizeBytes = head.Length + size };

    private static StoredObject? Whole(ObjectKey key, long revision, byte[] head, long size, byte[] rest, uint sum)
    {
        if (PackedBody.Crc(rest) != sum)
        {
            return null;
        }

        byte[] body = GC.AllocateUninitializedArray<byte>(head.Length + (int)size);
        head.CopyTo(body, 0);
        return PackedBody.TryUnpack(rest, body.AsSpan(head.Length)) ? new StoredObject(key, revision, body) : null;
    }

    /// <summary>Fills the columns of a row.</summary>
    /// <param name="body">The whole document.</param>
    public static (long Sum, long Size, byte[] Head, byte[] Stored) Write(ReadOnlySpan<byte> body, PackedBody packed)
    {
        byte[] head = body[..^packed.Length].ToArray();
        return ((long)(((ulong)PackedBody.Crc(head) << 32) | packed.Sum), packed.Length, head, packed.Stored);
    }
}
