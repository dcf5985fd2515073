// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Postgres;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage;

/// <summary>How the storage runs inside an agent.</summary>
public sealed class StorageOptions
{
    /// <summary>Where the database, the keys and the kubeconfig stand. Made with mode 0700 when absent.</summary>
    public string DataDirectory { get; set; } = "/var/lib/node-agent";

    /// <summary>Shape: a file that <see cref="StorageDatabase.Backup"/> wrote; a damaged database is replaced by it. Null = by an empty one.</summary>
    public string? BackupFile { get; set; }

    /// <summary>
    /// Shape: <c>postgres://user@host:5432/database?sslmode=verify-full</c>, or a connection string of Npgsql; empty: SQLite in the data directory.
    /// A password in it is never logged, and need not be there: <see cref="DatabasePasswordFile"/>, <c>PGPASSFILE</c> and a client certificate do too.
    /// </summary>
    public string Database { get; set; } = string.Empty;

    /// <summary>A file that holds the database's password and nothing else; read at each connect. Empty: none.</summary>
    public string DatabasePasswordFile { get; set; } = string.Empty;

    /// <summary>Shape: <c>address:port</c>; port 0 takes a free one, and the kubeconfig carries it.</summary>
    public string ListenAddress { get; set; } = "127.0.0.1:0";

    /// <summary>Shape: PEM, the server's certificate first. Read again when it is replaced. Null = the server makes one itself.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary>Shape: PEM of the key of <see cref="TlsCertificateFile"/>.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary>There is no API server beside this one: kinds that are custom resources in a cluster are served here.</summary>
    public bool StandAlone { get; set; } = true;

    /// <summary>What is kept for how long, and how much of it.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Who is let in.</summary>
    public StorageAccess Access { get; set; } = new();

    /// <summary>Units: bytes. A larger request body is refused with 413.</summary>
    public long MaxRequestBodyBytes { get; set; } = 16L << 20;

    /// <summary>Units: connections whose callers are known. Beside them a fixed number may be open whose callers are not.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>Units: changes kept for watches that resume and lists that go on.</summary>
    public int WatchWindowEvents { get; set; } = 4096;

    /// <summary>Units: bytes of documents in that window.</summary>
    public long WatchWindowBytes { get; set; } = 16L << 20;

    /// <summary>Units: changes a watcher may lag behind before its watch ends with 410.</summary>
    public int WatcherQueueLength { get; set; } = 1024;

    /// <summary>How long a stop waits for requests under way.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(2.5);

    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <exception cref="ArgumentException">The message names the key.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "must not be empty");
        Require(Problem(Database) is null, nameof(Database), Problem(Database) ?? string.Empty);
        Require(IPEndPoint.TryParse(ListenAddress, out _), nameof(ListenAddress), $"'{ListenAddress}' is not ADDRESS:PORT");
        Require(TlsCertificateFile is null == TlsKeyFile is null, nameof(TlsKeyFile), "and the certificate's file are needed together");
        Require(MaxRequestBodyBytes is >= 1024 and <= int.MaxValue, nameof(MaxRequestBodyBytes), "must lie between 1 KiB and 2 GiB");
        Require(MaxConnections > 0, nameof(MaxConnections), "must be positive");
        Require(WatchWindowEvents > 0, nameof(WatchWindowEvents), "must be positive");
        Require(WatchWindowBytes > 0, nameof(WatchWindowBytes), "must be positive");
        Require(WatcherQueueLength > 0, nameof(WatcherQueueLength), "must be positive");
        Require(StopTimeout > TimeSpan.Zero, nameof(StopTimeout), "must be positive");
        Require(Retention.Interval >= TimeSpan.Zero, "Retention:Interval", "must not be negative");
        Require(Retention.Grace >= TimeSpan.Zero, "Retention:Grace", "must not be negative");
        Require(Retention.MaxAge >= TimeSpan.Zero, "Retention:MaxAge", "must not be negative");
        Require(BookmarkInterval > TimeSpan.Zero, nameof(BookmarkInterval), "must be positive");
    }

    private static string? Problem(string database)
    {
        try
        {
            _ = database.Length == 0 ? null : PostgresAddress.Parse(database);
            return null;
        }
        catch (ArgumentException error)
        {
            return error.Message;
        }
    }

    private static void Require(bool condition, string key, string message)
    {
        if (!condition)
        {
            throw new ArgumentException($"Storage:{key} {message}", key);
        }
    }
}
