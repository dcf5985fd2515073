// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Security.Authentication;
using NodeAgent.Storage.Objects;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>What PostgreSQL and the way to it answer, as sentences for an operator.</summary>
/// <remarks>Source: PostgreSQL manual, appendix A.</remarks>
internal static class PostgresFault
{
    // Not among Npgsql's names.
    private const string IdleInTransactionTimeout = "25P03";
    private const string IdleSessionTimeout = "57P05";

    /// <summary>True for every exception that a connection throws.</summary>
    public static bool Is(Exception error) =>
        error is NpgsqlException or SocketException or IOException or TimeoutException or AuthenticationException or OperationCanceledException or ObjectDisposedException;

    /// <summary>The server is not there, or not yet, or gone from under the connection: another one may do.</summary>
    public static bool IsConnection(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleInTransactionTimeout or IdleSessionTimeout } => true,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.TooManyConnections } => true,
        PostgresException postgres => postgres.SqlState.StartsWith("08", StringComparison.Ordinal),
        _ => error is NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException,
    };

    /// <summary>No answer came, or no connection was free: to ask once more at once would only wait once more.</summary>
    public static bool IsTimeout(Exception error) => error is TimeoutException or NpgsqlException { InnerException: TimeoutException };

    /// <summary>The server has said that nothing was done; after any other failure of a commit it may have been.</summary>
    public static bool IsRefusal(Exception error) => error is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>It is about what one write contains, so that others can be carried out.</summary>
    public static bool IsOfOneWrite(Exception error) =>
        error is PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] };

    public static StoreUnavailableException Explain(Exception error) => error as StoreUnavailableException ?? new StoreUnavailableException(
        error switch
        {
            PostgresException postgres => Explain(postgres),
            OperationCanceledException or ObjectDisposedException => "the storage is stopping",
            _ when IsTimeout(error) => "the database did not answer in time",
            _ => $"the database cannot be reached: {(error.InnerException ?? error).Message}",
        },
        error);

    private static string Explain(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DiskFull => "no space left on the device of the database",
        PostgresErrorCodes.OutOfMemory => "the database server is out of memory",
        PostgresErrorCodes.TooManyConnections => "the database server takes no more connections",
        PostgresErrorCodes.ReadOnlySqlTransaction => "the database is read-only",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "the database server ended the connection",
        PostgresErrorCodes.CannotConnectNow => "the database server is starting or stopping",
        PostgresErrorCodes.LockNotAvailable => "another replica holds the database's write lock for too long",
        PostgresErrorCodes.QueryCanceled => "the database did not answer in time",
        PostgresErrorCodes.InvalidCatalogName => "the database does not exist",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "the database refuses the user or the password",
        PostgresErrorCodes.InsufficientPrivilege => $"the user lacks a right in the database: {error.MessageText}",
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName => $"the database has lost a table: {error.MessageText}",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => "the database is damaged; restore it from a backup",
        _ => $"the database answers with error {error.SqlState}: {error.MessageText}",
    };
}
