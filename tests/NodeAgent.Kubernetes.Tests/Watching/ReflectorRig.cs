// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Kubernetes.Authentication;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.TestSupport;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Kubernetes.Tests.Watching;

/// <summary>A reflector of pods in front of the API server double.</summary>
internal sealed class ReflectorRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Kubernetes _client;
    private readonly Task _running;

    private ReflectorRig(ApiServerDouble server, ReflectorOptions options, ITokenProvider? tokens, TimeSpan? answerTimeout)
    {
        Server = server;
        _client = new Kubernetes(new KubernetesClientConfiguration { Host = server.Address, Authorities = AuthorityList.FromPem(server.Authority.Pem), Tokens = tokens })
        {
            AnswerTimeout = answerTimeout ?? TimeSpan.FromSeconds(60),
        };
        Reflector = new Reflector<V1Pod>(_client, ApiResources.Pods, options, Sink, Logger, TimeProvider.System);
        _running = Task.Run(() => Reflector.RunAsync(_stop.Token));
    }

    /// <summary>Short pauses, so that tests do not wait for what they do not test.</summary>
    public static ReflectorOptions Quick { get; } = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(20),
        LongestPause = TimeSpan.FromMilliseconds(100),
        RefusedPause = TimeSpan.FromMilliseconds(50),
    };

    public ApiServerDouble Server { get; }

    public PodSink Sink { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public Reflector<V1Pod> Reflector { get; }

    public static async Task<ReflectorRig> StartAsync(ReflectorOptions? options = null, Action<ApiServerDouble>? prepare = null, ITokenProvider? tokens = null, TimeSpan? answerTimeout = null)
    {
        ApiServerDouble server = await ApiServerDouble.StartAsync();
        prepare?.Invoke(server);
        return new ReflectorRig(server, options ?? Quick, tokens, answerTimeout);
    }

    public static JsonObject Pod(string name, string node = "node-a") => (JsonObject)JsonNode.Parse($$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"shop","uid":"uid-{{{name}}}"},"spec":{"nodeName":"{{{node}}}"},"status":{"phase":"Running"}}
        """)!;

    public void Put(params string[] names)
    {
        foreach (string name in names)
        {
            Server.Store.Put("/pods", Pod(name));
        }
    }

    public Task SeesAsync(string names) =>
        Eventually.TrueAsync(() => Sink.Names == names, () => $"'{names}', but there is '{Sink.Names}'\n{string.Join('\n', Server.Requests)}\n{string.Join('\n', Logger.Lines)}");

    public Task ComesTrueAsync(Func<bool> condition, string what) =>
        Eventually.TrueAsync(condition, () => $"{what}\n{string.Join('\n', Server.Requests)}\n{string.Join('\n', Logger.Lines)}");

    public Task WatchesAsync(int count = 1) =>
        ComesTrueAsync(() => Server.Store.WatchesBegun >= count, $"{count} watches");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Server.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }
}
