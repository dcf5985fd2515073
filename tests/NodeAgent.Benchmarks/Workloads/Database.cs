// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Workloads;

/// <summary>
/// PostgreSQL under pgbench's own mix (TPC-B-like): clients that stay connected, and one that connects anew for each transaction, as web applications
/// without a pool do. Nearly all opens come from backends that start.
/// </summary>
internal sealed class Database : IWorkload
{
    private const string Programs = "/usr/lib/postgresql";
    private const string User = "postgres"; // initdb and postgres refuse root
    private const int Scale = 5;
    private readonly ScratchDirectory _directory = new();
    private readonly WorkloadCgroup _cgroup = new("postgres");
    private readonly WorkloadCgroup _clientCgroup = new("pgbench");
    private readonly List<Process> _clients = [];
    private Process? _server;
    private double _transactions;

    public string Name => "database (PostgreSQL, pgbench)";

    public string Unit => "transactions";

    private static string Newest => Directory.Exists(Programs)
        ? Directory.GetDirectories(Programs).MaxBy(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out int version) ? version : 0)
            ?? throw new InvalidOperationException($"no PostgreSQL in {Programs}")
        : throw new InvalidOperationException("PostgreSQL is not installed (make bench installs it)");

    private string DataDirectory => _directory.File("data");

    public async Task StartAsync()
    {
        await ToolProcess.RunAsync("chown", User, _directory.Path).ConfigureAwait(false);
        await ToolProcess.RunAsync("setpriv", AsUser("initdb", "-D", DataDirectory, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")).ConfigureAwait(false);
        ProcessStartInfo server = _cgroup.Command("setpriv", AsUser("postgres", "-D", DataDirectory, "-k", _directory.Path, "-c", "listen_addresses="));
        server.RedirectStandardError = true;
        _server = ToolProcess.Start(server);
        var log = new List<string>();
        var ready = new TaskCompletionSource();
        _server.ErrorDataReceived += (_, e) =>
        {
            lock (log)
            {
                log.Add(e.Data ?? "(end)");
            }

            if (e.Data is null)
            {
                ready.TrySetException(new InvalidOperationException($"postgres ended: {string.Join('\n', log)}"));
            }
            else if (e.Data.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        _server.BeginErrorReadLine();
        await ready.Task.ConfigureAwait(false);
        await ToolProcess.RunAsync("setpriv", AsUser("pgbench", "-h", _directory.Path, "-i", "-q", "-s", Scale.ToString(CultureInfo.InvariantCulture), "postgres")).ConfigureAwait(false);
        StartClient("-c", "3", "-j", "1");
        StartClient("-c", "1", "-C");
    }

    public Task<double> DoneAsync() => _server is { HasExited: false } && _clients.TrueForAll(c => !c.HasExited)
        ? Task.FromResult(Volatile.Read(ref _transactions))
        : throw new InvalidOperationException("postgres or pgbench ended");

    public async ValueTask DisposeAsync()
    {
        foreach (Process client in _clients)
        {
            await ToolProcess.StopAsync(client, "KILL").ConfigureAwait(false);
        }

        if (_server is not null)
        {
            // "Fast shutdown": clients are disconnected.
            await ToolProcess.StopAsync(_server, "INT").ConfigureAwait(false);
        }

        await _cgroup.DisposeAsync().ConfigureAwait(false);
        await _clientCgroup.DisposeAsync().ConfigureAwait(false);
        _directory.Dispose();
    }

    private void StartClient(params string[] arguments)
    {
        ProcessStartInfo command = _clientCgroup.Command(
            "setpriv", AsUser("pgbench", ["-h", _directory.Path, "-n", "-T", "3600", "-P", "1", .. arguments, "postgres"]));
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        Process client = ToolProcess.Start(command);

        // progress: 5.0 s, 700.0 tps, lat 1.4 ms stddev 0.2, 0 failed
        client.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { } line && line.StartsWith("progress:", StringComparison.Ordinal))
            {
                double perSecond = double.Parse(line.Split(' ')[3], CultureInfo.InvariantCulture);
                lock (_clients)
                {
                    _transactions += perSecond;
                }
            }
        };
        client.BeginErrorReadLine();
        _clients.Add(client);
    }

    private static string[] AsUser(string program, params string[] arguments) =>
        [$"--reuid={User}", $"--regid={User}", "--clear-groups", Path.Combine(Newest, "bin", program), .. arguments];
}
