// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Export.Storage;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Learning;
using NodeAgent.Storage;
using NodeAgent.Tests.Agent;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

/// <summary>The storage as an agent hosts it: it can go away and come back, on the same port, with the same data.</summary>
internal sealed class EmbeddedServer(string directory) : IAsyncDisposable
{
    private StorageServer? _server;
    private string? _address;
    private string _token = string.Empty;
    private byte[] _authority = [];

    public async Task StartAsync(long maxBodyBytes = 16 << 20)
    {
        _server = null;
        while (_server is null)
        {
            // Below those that the kernel gives away: nobody's connection may take it while the server is gone.
            string address = _address ?? $"127.0.0.1:{Random.Shared.Next(20_000, 32_000)}";
            var options = new StorageOptions { DataDirectory = directory, ListenAddress = address, MaxRequestBodyBytes = maxBodyBytes };
            try
            {
                _server = await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
                _address = address;
            }
            catch (IOException) when (_address is null)
            {
                // Somebody else's.
            }
        }

        _token = _server.Token;
        using X509Certificate2 authority = _server.CaCertificate;
        _authority = authority.RawData;
    }

    public StorageConnection Connect() => new()
    {
        Server = new Uri($"https://{_address}"),
        Token = _token,
        CertificateAuthorities = [X509CertificateLoader.LoadCertificate(_authority)],
    };

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

/// <summary>Learner and shipping of one agent, with one container that calls somebody.</summary>
internal sealed class ShippingAgent : IAsyncDisposable
{
    private const ulong Second = 1_000_000_000;
    private readonly ProfileLearner _learner;
    private readonly EventSubject _subject = new();
    private ulong _nowNs = 10 * Second;

    public ShippingAgent(string checkpoints, StorageConnection connection, string node, TimeProvider? time = null, ShipperOptions? options = null, TimeSpan? learningPeriod = null)
    {
        var learning = new ProfileOptions
        {
            LearningPeriod = learningPeriod ?? TimeSpan.FromDays(30),
            InitialDelay = TimeSpan.Zero,
            UpdateInterval = TimeSpan.FromSeconds(1),
            CheckpointInterval = TimeSpan.FromSeconds(1),
            CheckpointDirectory = checkpoints,
            ClusterName = "c",
            HostName = node,
        };
        _learner = new ProfileLearner(learning, new NoNames(), TimeProvider.System, NullLogger<ProfileLearner>.Instance);
        Export = new ProfileExport(connection, _learner, node, options ?? Fast, time ?? TimeProvider.System, NullLogger<ProfileExport>.Instance);
        _subject.Container = new ContainerInfo(7, "/kubepods/web")
        {
            SeenFromStart = true,
            FirstSeenNs = 10 * Second,
            Identity = new ContainerIdentity
            {
                Kind = UnitKind.Container,
                ContainerId = "c",
                ContainerName = "main",
                PodName = "web-0",
                PodNamespace = "shop",
                PodUid = "u",
                Source = IdentitySource.ApiServer,
                PodLabels = new Dictionary<string, string> { ["app"] = "web" },
                Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web"),
            },
        };
        _learner.OnTick(_nowNs);
    }

    public static ShipperOptions Fast { get; } = new() { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(50) };

    public ProfileExport Export { get; }

    /// <summary>Who calls. As long as nobody has.</summary>
    public ContainerInfo Container => _subject.Container;

    /// <summary>The container calls <c>203.0.x.y</c>.</summary>
    public void Call(int from, int count)
    {
        for (int number = from; number < from + count; number++)
        {
            TcpRecord record = RecordBuilder.Tcp(EventKind.TcpConnect, 40_000, [203, 0, (byte)(number >> 8), (byte)number], 443, pid: 1, timeNs: _nowNs);
            _learner.OnTcp(new TcpEvent(in record), _subject);
        }
    }

    /// <summary>The container reads <c>/data/fN</c>.</summary>
    public void Open(int from, int count)
    {
        for (int number = from; number < from + count; number++)
        {
            byte[] path = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/data/f{number}"));
            var record = new OpenRecord { Header = new HeaderRecord { Kind = EventKind.Open, TimeNs = _nowNs, Pid = 1 }, Path = new WireString { Length = (ushort)path.Length } };
            _learner.OnOpen(new OpenEvent(in record, path), _subject);
        }
    }

    /// <summary>Time goes on until it is so.</summary>
    public Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.GetAsync(
        async () =>
        {
            _nowNs += Second;
            _learner.OnTick(_nowNs);
            return await condition() ? string.Empty : null;
        },
        () => what);

    public Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    /// <summary>As the agent stops: it has no time to wait for a storage that is away.</summary>
    public async ValueTask DisposeAsync()
    {
        await _learner.StopAsync(TestContext.Current.CancellationToken);
        await Export.DrainAsync(TimeSpan.FromSeconds(1.5));
        await Export.DisposeAsync();
        await _learner.DisposeAsync();
    }
}
