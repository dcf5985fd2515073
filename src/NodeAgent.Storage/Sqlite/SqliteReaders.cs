// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace NodeAgent.Storage.Sqlite;

/// <summary>Connections for reading; WAL lets them read while the writer writes.</summary>
/// <remarks>Threads: any; a rented connection belongs to one. Kept ones are few, more are opened under load and closed after use.</remarks>
internal sealed class SqliteReaders(SqliteDatabase database) : IDisposable
{
    private const int Kept = 4;

    private readonly ConcurrentBag<SqliteConnection> _free = [];
    private volatile bool _disposed;

    public SqliteConnection Rent() => _free.TryTake(out SqliteConnection? reader) ? reader : database.OpenReader();

    public void Return(SqliteConnection reader)
    {
        if (_disposed || _free.Count >= Kept || reader.State != System.Data.ConnectionState.Open)
        {
            reader.Dispose();
        }
        else
        {
            _free.Add(reader);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out SqliteConnection? reader))
        {
            reader.Dispose();
        }
    }
}
