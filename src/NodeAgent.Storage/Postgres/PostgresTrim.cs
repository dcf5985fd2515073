// SPDX-License-Identifier: Apache-2.0
using Npgsql;
using NpgsqlTypes;

namespace NodeAgent.Storage.Postgres;

/// <summary>Forgets versions that were written over, once no replica needs them to catch up.</summary>
internal static class PostgresTrim
{
    private const string Schema = PostgresSchema.Name;

    // A transaction of this many revisions is short, and the next comes soon.
    private const int MaxStep = 10_000;

    // A locked row is left out: another replica trims.
    private const string Horizon = $"""
        SELECT h.oldest, least(c.revision - $1, h.oldest + $2)
        FROM {Schema}.counter c CROSS JOIN {Schema}.horizon h FOR UPDATE OF h SKIP LOCKED
        """;

    private const string WrittenOver = $"""
        DELETE FROM {Schema}.versions WHERE revision IN (
          SELECT previous FROM {Schema}.versions WHERE revision > $1 AND revision <= $2 AND previous > 0)
        """;

    private const string Deleted = $"DELETE FROM {Schema}.versions WHERE revision > $1 AND revision <= $2 AND body IS NULL";

    private const string Move = $"UPDATE {Schema}.horizon SET oldest = $1 WHERE id = 1";

    // Nobody asks after a commit for that long.
    private const string Batches = $"DELETE FROM {Schema}.batches WHERE at < now() - interval '15 minutes'";

    /// <param name="kept">Units: newest revisions whose changes stay.</param>
    /// <returns>True when more is to do.</returns>
    public static async Task<bool> RunAsync(NpgsqlConnection connection, long kept, CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        (long oldest, long target) = (0, 0);
        await using (NpgsqlCommand command = Command(connection, Horizon, kept, MaxStep))
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken))
            {
                (oldest, target) = (reader.GetInt64(0), reader.GetInt64(1));
            }
        }

        if (target > oldest)
        {
            await ExecuteAsync(connection, WrittenOver, cancellationToken, oldest, target);
            await ExecuteAsync(connection, Deleted, cancellationToken, oldest, target);
            await ExecuteAsync(connection, Move, cancellationToken, target);
        }

        await ExecuteAsync(connection, Batches, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return target - oldest >= MaxStep;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params long[] values)
    {
        await using NpgsqlCommand command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params long[] values)
    {
#pragma warning disable CA2100 // Constants of this file.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (long value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.Bigint });
        }

        return command;
    }
}
