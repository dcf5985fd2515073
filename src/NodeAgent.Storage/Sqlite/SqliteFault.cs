// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Sqlite;

/// <summary>SQLite's result codes as sentences for an operator.</summary>
/// <remarks>Source: https://www.sqlite.org/rescode.html.</remarks>
internal static class SqliteFault
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is Corrupt or NotADatabase;

    public static bool IsReadOnly(SqliteException error) => error.SqliteErrorCode is ReadOnly or CannotOpen;

    public static bool IsBusy(SqliteException error) => error.SqliteErrorCode is Busy or Locked;

    public static StoreUnavailableException Explain(SqliteException error) => new(
        error.SqliteErrorCode switch
        {
            Busy or Locked => "the database is locked by another process",
            ReadOnly => "the database is read-only",
            InputOutput => $"the disk answers with an error (SQLite {error.SqliteExtendedErrorCode})",
            Corrupt or NotADatabase => "the database file is damaged; restart the agent to have it set aside",
            Full => "no space left on the device of the database",
            CannotOpen => "the database file cannot be opened",
            _ => $"the database answers with SQLite error {error.SqliteErrorCode}: {error.Message}",
        },
        error);
}
