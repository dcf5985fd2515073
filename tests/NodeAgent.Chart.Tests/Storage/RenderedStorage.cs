// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>The real <c>node-agent-storage</c>, started as a rendered pod would be: command, configuration and Secret; in folders of its own and on a free port.</summary>
internal sealed partial class RenderedStorage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = [];
    private readonly Task _reading;
    private readonly string _folder;
    private readonly Manifest _manifest;

    private RenderedStorage(Manifest manifest, string folder, Process process)
    {
        _manifest = manifest;
        _folder = folder;
        _process = process;
        _reading = ReadAsync(process.StandardError);
    }

    public string Log => string.Join('\n', _log);

    public int Port { get; private set; }

    /// <summary>Without a cluster to ask the program goes by a token that it makes itself.</summary>
    public string OwnToken => File.ReadAllText(Path.Combine(_folder, "var/pki/token")).Trim();

    /// <summary>Starts it and waits until it serves or has ended.</summary>
    /// <param name="change">What of the configuration cannot be so here, such as where a database is.</param>
    public static async Task<RenderedStorage> StartAsync(Manifest manifest, Func<string, string>? change = null)
    {
        string folder = Directory.CreateTempSubdirectory("node-agent-chart-").FullName;
        WriteFiles(manifest, folder, change ?? (text => text));
        YamlMappingNode container = Shapes.Container(manifest);
        Assert.Equal("/app/node-agent-storage", Manifest.List(container, "command").Single());
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "node-agent-storage"), Manifest.List(container, "args").Select(argument => Here(argument, folder)))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("NODE_AGENT_", StringComparison.Ordinal) || name.StartsWith("KUBERNETES_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        var storage = new RenderedStorage(manifest, folder, Process.Start(start)!);
        storage._process.StandardInput.Close();
        for (var waited = Stopwatch.StartNew(); !Serving().IsMatch(storage.Log) && !storage._process.HasExited; await Task.Delay(20))
        {
            if (waited.Elapsed > Patience)
            {
                await storage.DisposeAsync();
                Assert.Fail($"the storage does not serve: {storage.Log}");
            }
        }

        if (Serving().Match(storage.Log) is { Success: true } serving)
        {
            storage.Port = int.Parse(serving.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        }

        return storage;
    }

    /// <summary>A client that knows nothing but what an agent's pod has: the address by its name, and the authority.</summary>
    public HttpClient Client()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(StorageCertificateTests.Certificates(StorageCertificateTests.Bundle(_manifest)));
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new() { CertificateChainPolicy = policy },
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync("127.0.0.1", Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri($"https://{Shapes.Host}") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnToken);
        return client;
    }

    /// <returns>The exit code of a program that ended by itself.</returns>
    public async Task<int> EndAsync()
    {
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
        Directory.Delete(_folder, recursive: true);
    }

    // Each mount of the pod is a folder here; what others put into it is made up.
    private static void WriteFiles(Manifest manifest, string folder, Func<string, string> change)
    {
        Directory.CreateDirectory(Path.Combine(folder, "var"));
        foreach (string mount in ((YamlSequenceNode)Manifest.At(Shapes.Container(manifest), "volumeMounts")!).Select(mount => Manifest.Scalar(mount, "mountPath")!).Where(path => path != "/tmp"))
        {
            Directory.CreateDirectory(Here(mount, folder));
        }

        string configuration = Here(Shapes.Configuration(manifest), folder).Replace("'[::]:8443'", "127.0.0.1:0", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "etc/config/config.yaml"), change(configuration));
        if (manifest.All("Secret").SingleOrDefault() is { } secret)
        {
            File.WriteAllText(Path.Combine(folder, "etc/tls/tls.crt"), Shapes.Decoded(secret, "tls.crt"));
            File.WriteAllText(Path.Combine(folder, "etc/tls/tls.key"), Shapes.Decoded(secret, "tls.key"));
            if (Directory.Exists(Path.Combine(folder, "etc/database-ca")))
            {
                File.WriteAllText(Path.Combine(folder, "etc/database-ca/ca.crt"), Shapes.Decoded(secret, "ca.crt"));
                File.WriteAllText(Path.Combine(folder, "etc/database-password/password"), Shapes.PasswordSecret);
            }
        }
    }

    private static string Here(string text, string folder) => text
        .Replace("/etc/node-agent-storage", Path.Combine(folder, "etc"), StringComparison.Ordinal)
        .Replace("/var/lib/node-agent-storage", Path.Combine(folder, "var"), StringComparison.Ordinal);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _log.Enqueue(line);
        }
    }

    [GeneratedRegex("Storage serves https://127.0.0.1:([0-9]+)")]
    private static partial Regex Serving();
}
