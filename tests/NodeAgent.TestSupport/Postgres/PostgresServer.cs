// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.TestSupport.Programs;
using Npgsql;

namespace NodeAgent.TestSupport.Postgres;

/// <summary>A PostgreSQL server of the caller's own, as Debian has it, in a temporary directory and on a UNIX socket there.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Members of this role have to tell their password.</summary>
    public const string PasswordGroup = "password_users";

    private const string User = "postgres";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgresPlace _place;
    private Process? _shell;
    private int _databases;

    private PostgresServer(PostgresPlace place) => _place = place;

    /// <summary>Why no server can be started here; null: one can.</summary>
    public static string? Missing => Programs is null ? "PostgreSQL is not installed (/usr/lib/postgresql/*/bin)" : null;

    /// <summary>Of TLS on 127.0.0.1, where the server has it; another after each start.</summary>
    public int Port { get; private set; } = 5432;

    /// <summary>Signs itself.</summary>
    public string CertificatePath => Path.Combine(Directory, "server.crt");

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("node-agent-postgres-").FullName;

    private string Data => Path.Combine(Directory, "data");

    private string LogPath => Path.Combine(Directory, "log");

    private static string? Programs { get; } =
        (System.IO.Directory.Exists("/usr/lib/postgresql") ? System.IO.Directory.GetDirectories("/usr/lib/postgresql") : [])
        .OrderByDescending(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int version) ? version : 0)
        .Select(path => Path.Combine(path, "bin"))
        .FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")) && File.Exists(Path.Combine(path, "postgres")));

    public static Task<PostgresServer> StartAsync(params string[] settings) => StartAsync(new PostgresPlace { Settings = settings });

    public static Task<PostgresServer> StartAsync(PostgresPlace place)
    {
        var server = new PostgresServer(place);
        return server.BeginAsync(server.InitializeAsync);
    }

    /// <summary>A server that follows this one, and without which this one acknowledges no commit any more.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = new PostgresServer(new PostgresPlace { Settings = _place.Settings });
        await standby.BeginAsync(() => standby.CopyAsync(Directory));
        await ExecuteAsync("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await ExecuteAsync("postgres", "SELECT pg_reload_conf()");
        return standby;
    }

    public Task PromoteAsync() => ExecuteAsync("postgres", "SELECT pg_promote(true, 60)");

    public async Task StartAsync()
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            Launch();
            if (await AnswersAsync(started))
            {
                return;
            }

            // After kill -9 the first start can find processes of the old server that are still ending.
            if (Stopwatch.GetElapsedTime(started) >= Patience)
            {
                throw new InvalidOperationException($"PostgreSQL does not start: {await File.ReadAllTextAsync(LogPath)}");
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Ends connections at once, with a checkpoint.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>Ends what is left of it, without a checkpoint, and starts it.</summary>
    public async Task RestartAsync()
    {
        await EndAsync("QUIT");
        await StartAsync();
    }

    /// <summary>As a machine that stops: none of its processes does anything more.</summary>
    public async Task KillAsync()
    {
        // Held first, so that no child is born while they are looked up; one that lives on could still commit.
        string pid = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        await Command.RunAsync("kill", "-STOP", pid);
        await Command.RunAsync("sh", "-c", $"kill -KILL $(pgrep -P {pid})");
        await EndAsync("KILL");
    }

    public string Address(string database) => $"postgres://{User}@{Uri.EscapeDataString(Directory)}/{database}";

    public async Task<string> CreateDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync("postgres", $"CREATE DATABASE {name} TEMPLATE template0");
        return Address(name);
    }

    public Task DropDatabaseAsync(string address) => ExecuteAsync("postgres", $"DROP DATABASE {address[(address.LastIndexOf('/') + 1)..]} WITH (FORCE)");

    public async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
#pragma warning disable CA2100 // Tests' own texts.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await EndAsync("QUIT");
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task<PostgresServer> BeginAsync(Func<Task> prepare)
    {
        if (Missing is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await Command.RunAsync(["chown", User, Directory, .. _place.LogDirectory is { } log ? [log] : (string[])[]]);
            }

            await prepare();
            await StartAsync();
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private Task CopyAsync(string primary) =>
        Command.RunAsync(AsUser([Path.Combine(Programs!, "pg_basebackup"), "-h", primary, "-U", User, "-D", Data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"]));

    private async Task InitializeAsync()
    {
        await Command.RunAsync(AsUser([Path.Combine(Programs!, "initdb"), "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", .. LogPlace()]));
        await File.WriteAllTextAsync(Path.Combine(Data, "pg_hba.conf"), $"""
            local all +{PasswordGroup} scram-sha-256
            local all all trust
            local replication all trust
            hostssl all all 127.0.0.1/32 trust
            host all all 10.213.0.0/16 trust

            """);
        if (_place.Tls)
        {
            await MakeCertificateAsync();
        }
    }

    // The smallest segments: a small disk holds some of them.
    private string[] LogPlace() => _place.LogDirectory is { } log ? ["--waldir", log, "--wal-segsize", "1"] : [];

    private async Task MakeCertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(CertificatePath, certificate.ExportCertificatePem());
        string file = Path.Combine(Data, "server.key");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.IsPrivilegedProcess)
        {
            await Command.RunAsync("chown", User, file);
        }
    }

    // Free now; should another take it before the server does, the next start tries another one.
    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    // The shell ends the server when this process ends, however it ends: its input is closed then.
    private void Launch()
    {
        string[] command = [Path.Combine(Programs!, "postgres"), "-D", Data, "-k", Directory, .. Listening(), .. _place.Settings];
        string script = $"cd {Directory}; \"$@\" >>{LogPath} 2>&1 & p=$!; {{ read _; kill -QUIT $p; }} 2>/dev/null <&3 & r=$!; wait $p; kill $r 2>/dev/null";
        string[] shell = [.. _place.Enter, .. AsUser(["sh", "-c", "exec 3<&0; " + script, "sh", .. command])];
        _shell = Process.Start(new ProcessStartInfo(shell[0], shell[1..]) { RedirectStandardInput = true })!;
    }

    private string[] Listening()
    {
        Port = _place.Tls ? FreePort() : Port;
        return _place.Tls
            ? ["-c", "listen_addresses=127.0.0.1", "-p", $"{Port}", "-c", $"ssl_cert_file={CertificatePath}"]
            : ["-c", $"listen_addresses={_place.Address}"];
    }

    private async Task<bool> AnswersAsync(long started)
    {
        while (!_shell!.HasExited && Stopwatch.GetElapsedTime(started) < Patience)
        {
            try
            {
                await ExecuteAsync("postgres", "SELECT 1");
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50);
            }
        }

        return false;
    }

    private async Task EndAsync(string signal)
    {
        string file = Path.Combine(Data, "postmaster.pid");
        if (!_shell!.HasExited && File.Exists(file))
        {
            string pid = (await File.ReadAllLinesAsync(file))[0];
            await Command.RunAsync("kill", "-" + signal, pid);
            await _shell.WaitForExitAsync().WaitAsync(Patience);
        }

        _shell.Dispose();
        _shell = null;
    }

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder { Host = Directory, Username = User, Database = database, Port = Port, Pooling = false }.ToString();

    // The server refuses to run as root.
    private static string[] AsUser(string[] command) =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--init-groups", .. command] : command;
}
