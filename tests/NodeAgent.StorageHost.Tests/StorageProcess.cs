// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeAgent.StorageHost.Tests;

/// <summary>A running <c>node-agent-storage</c>; killed at the end when the test did not stop it.</summary>
internal sealed partial class StorageProcess : IAsyncDisposable
{
    public const string Collection = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/shop/containerprofiles";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = [];
    private readonly ConcurrentQueue<string> _output = [];
    private readonly Task _reading;

    private StorageProcess(string directory, Process process)
    {
        Directory = directory;
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardError, _log), ReadAsync(process.StandardOutput, _output));
    }

    public string Directory { get; }

    public Uri Address { get; private set; } = new("https://localhost");

    /// <summary>Units: MB that it holds in memory now.</summary>
    public double ResidentMegabytes => Status("VmRSS:") / 1024.0;

    /// <summary>Units: MB that it ever held in memory.</summary>
    public double MostResidentMegabytes => Status("VmHWM:") / 1024.0;

    public string Log => string.Join('\n', _log);

    public IReadOnlyCollection<string> Output => _output;

    /// <summary>Starts a server on a free port and waits until it serves.</summary>
    public static async Task<StorageProcess> StartAsync(string directory, params string[] arguments)
    {
        string[] all = arguments.Contains("--listen") ? arguments : [.. arguments, "--listen", "127.0.0.1:0"];
        var storage = new StorageProcess(directory, StorageProgram.Start([.. all, "--data-dir", directory]));
        try
        {
            await UntilAsync(() => Serving().IsMatch(storage.Log) || storage._process.HasExited, () => $"the storage serving: {storage.Log}");
            Assert.False(storage._process.HasExited, $"the storage ended: {storage.Log}");
            storage.Address = new Uri(Serving().Match(storage.Log).Groups[1].Value);
            return storage;
        }
        catch
        {
            await storage.DisposeAsync();
            throw;
        }
    }

    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, $"waited in vain for {what()}");
            await Task.Delay(20);
        }
    }

    /// <summary>A client that trusts the authority which the server made itself.</summary>
    /// <param name="token">Null = the server's own; empty = none.</param>
    public HttpClient Client(string? token = null, X509Certificate2? certificate = null, string? authority = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(authority ?? File.ReadAllText(Path.Combine(Directory, "pki", "ca.crt")));
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new() { CertificateChainPolicy = policy } };
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        var client = new HttpClient(handler) { BaseAddress = Address };
        if (token != string.Empty)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? File.ReadAllText(Path.Combine(Directory, "pki", "token")).Trim());
        }

        return client;
    }

    public async Task CreateAsync(string name)
    {
        using HttpClient client = Client();
        using var body = new StringContent(Profile(name), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(Collection, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public static string Profile(string name) =>
        $$$"""{"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ContainerProfile","metadata":{"name":"{{{name}}}"},"spec":{"architectures":["amd64"]}}""";

    public async Task<string> GetAsync(string path)
    {
        using HttpClient client = Client();
        return await client.GetStringAsync(path);
    }

    /// <returns>The exit code after SIGTERM.</returns>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    // Shape: NAME NUMBER kB.
    private long Status(string name) => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);

    private static async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
        }
    }

    [GeneratedRegex("Storage serves (https://[^/,]+)")]
    private static partial Regex Serving();
}
