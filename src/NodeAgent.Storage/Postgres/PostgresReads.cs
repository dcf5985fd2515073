// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>Reads on connections of one pool, repeated once where the connection had died in the pool.</summary>
/// <remarks>
/// Threads: any. While the database does not answer, one read at a time finds out whether it does again and the others are
/// refused at once: reads block their threads, and a server whose threads all wait answers nobody.
/// </remarks>
internal sealed class PostgresReads(Func<NpgsqlConnection> open, PostgresConnections connections)
{
    private string? _away;
    private int _trying;

    /// <param name="keep">The connection is the caller's when the read succeeds.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be read now.</exception>
    public T Read<T>(Func<NpgsqlConnection, T> read, bool keep = false)
    {
        bool alone = false;
        if (Volatile.Read(ref _away) is { } reason)
        {
            alone = Interlocked.Exchange(ref _trying, 1) == 0;
            if (!alone)
            {
                throw new StoreUnavailableException(reason);
            }
        }

        try
        {
            T result = Try(read, keep);
            Volatile.Write(ref _away, null);
            return result;
        }
        catch (Exception error) when (PostgresFault.Is(error))
        {
            StoreUnavailableException explained = PostgresFault.Explain(error);
            if (PostgresFault.IsConnection(error))
            {
                Volatile.Write(ref _away, explained.Message);
            }

            throw explained;
        }
        finally
        {
            if (alone)
            {
                Volatile.Write(ref _trying, 0);
            }
        }
    }

    private T Try<T>(Func<NpgsqlConnection, T> read, bool keep)
    {
        for (bool again = false; ; again = true)
        {
            NpgsqlConnection? connection = null;
            try
            {
                connection = open();
                T result = read(connection);
                connection = keep ? null : connection;
                return result;
            }
            catch (Exception error) when (!again && PostgresFault.IsConnection(error) && !PostgresFault.IsTimeout(error))
            {
                connections.Clear();
            }
            finally
            {
                connection?.Dispose();
            }
        }
    }
}
