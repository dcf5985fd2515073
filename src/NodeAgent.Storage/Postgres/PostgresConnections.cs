// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>The ways to the database: a pool for short reads, one for lists, and connections without a pool for the writer and the listener.</summary>
/// <remarks>Threads: any. Lists have a pool of their own since a slow client holds a connection for as long as it reads.</remarks>
internal sealed class PostgresConnections : IDisposable
{
    private const int PoolSize = 12;
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 15;

    // Bodies are of tens of KiB: with the default of 8 each is several reads of the socket.
    private const int BufferBytes = 64 << 10;

    // Every statement goes by a key. Without these a plan that was made while a table was small would stay when it is large,
    // and a list would be sorted as a whole before its first row.
    private const string Planner = "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    // A replica that vanished in the middle of a transaction gives up the write lock after that time.
    private const string Writer = " -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s"
        + " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10s";

    private readonly NpgsqlDataSource _reads;
    private readonly NpgsqlDataSource _lists;
    private readonly NpgsqlDataSource _single;

    /// <param name="passwordFile">Empty: none. Read at each connect, so that a password can be replaced.</param>
    public PostgresConnections(NpgsqlConnectionStringBuilder address, string passwordFile)
    {
        Display = PostgresAddress.Display(address);
        string? configured = address.Options;
        _reads = Build(address, passwordFile, configured, Planner);
        _lists = Build(address, passwordFile, configured, Planner);
        var single = new NpgsqlConnectionStringBuilder(address.ConnectionString) { Pooling = false, KeepAlive = 5 };
        _single = Build(single, passwordFile, configured, Planner + Writer);
    }

    /// <summary>For logs.</summary>
    public string Display { get; }

    public NpgsqlConnection OpenRead() => _reads.OpenConnection();

    public NpgsqlConnection OpenList() => _lists.OpenConnection();

    /// <summary>A connection of its own; the caller keeps it.</summary>
    public ValueTask<NpgsqlConnection> OpenSingleAsync(CancellationToken cancellationToken) => _single.OpenConnectionAsync(cancellationToken);

    /// <summary>Connections that wait in the pools may have died with the one that failed.</summary>
    public void Clear()
    {
        _reads.Clear();
        _lists.Clear();
    }

    public void Dispose()
    {
        _reads.Dispose();
        _lists.Dispose();
        _single.Dispose();
    }

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder address, string passwordFile, string? configured, string settings)
    {
        var own = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            Options = string.IsNullOrEmpty(configured) ? settings : $"{settings} {configured}",
            Enlist = false,
            NoResetOnClose = true,
            TcpKeepAlive = true,
            TargetSessionAttributes = null,
        };
        SetUnless(own, "Maximum Pool Size", PoolSize);
        SetUnless(own, "Timeout", ConnectSeconds);
        SetUnless(own, "Command Timeout", CommandSeconds);
        SetUnless(own, "Host Recheck Seconds", 1);
        SetUnless(own, "Read Buffer Size", BufferBytes);
        SetUnless(own, "Write Buffer Size", BufferBytes);
        SetUnless(own, "Application Name", "node-agent-storage");
        SetUnless(own, "Max Auto Prepare", 20);
        SetUnless(own, "GSS Encryption Mode", nameof(GssEncryptionMode.Disable));
        var builder = new NpgsqlDataSourceBuilder(own.ConnectionString);
        if (passwordFile.Length > 0)
        {
            builder.UsePasswordProvider(_ => ReadPassword(passwordFile), (_, _) => ValueTask.FromResult(ReadPassword(passwordFile)));
        }

        return own.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(PostgresAddress.Target(address.TargetSessionAttributes))
            : builder.Build();
    }

    private static void SetUnless(NpgsqlConnectionStringBuilder address, string key, object value)
    {
        // ContainsKey says only whether there is such a key.
        if (!address.ShouldSerialize(key))
        {
            address[key] = value;
        }
    }

    private static string ReadPassword(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"the password file {path} cannot be read: {error.Message}", error);
        }
    }
}
