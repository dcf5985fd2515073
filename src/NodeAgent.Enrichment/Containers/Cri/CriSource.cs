// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>Knows the containers of Kubernetes by asking the node's runtimes for each. For the lookup's background task.</summary>
/// <remarks>
/// The kernel tells of a container before any runtime does, so nothing is listed: one question for a container and one for its
/// pod, which is saved where the runtime tells by itself (its event stream). A runtime that is away, hangs or answers nonsense is asked again after a pause; that none is there
/// is an ordinary state.
/// </remarks>
public sealed class CriSource : IContainerMetadataSource, IDisposable
{
    private readonly List<CriRuntime> _runtimes;
    private readonly CriCache _cache;
    private readonly TimeProvider _time;
    private readonly TimeSpan _longestPause;
    private readonly ILogger _logger;

    public CriSource(CriOptions options, TimeProvider time, ILogger<CriSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _runtimes = [.. options.Sockets.Select(socket => new CriRuntime(options.HostRoot + socket, options, time))];
        _cache = new CriCache(options.MaxSandboxes);
        _time = time;
        _longestPause = options.MaxBackoff;
        _logger = logger;
    }

    public IdentitySource Gives => IdentitySource.Runtime;

    public bool IsThere => _runtimes.Exists(runtime => File.Exists(runtime.SocketPath));

    /// <summary>Questions that a runtime's socket did not answer.</summary>
    public long Failures => _runtimes.Sum(runtime => runtime.Backoff.Failures);

    /// <summary>Listens to what the runtimes tell by themselves, until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(_runtimes.Select(runtime => ListenAsync(runtime, cancellation)));

    public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        string id = query.Known.ContainerId;
        return id.Length == 0
            ? ValueTask.FromResult<ContainerIdentity?>(null)
            : RuntimeQuestion.AskAsync(_runtimes, runtime => FindAsync(runtime, id, query.Known, cancellation), _logger, cancellation);
    }

    public void Dispose() => _runtimes.ForEach(runtime => runtime.Dispose());

    private async Task<ContainerIdentity?> FindAsync(CriRuntime runtime, string id, ContainerIdentity known, CancellationToken cancellation)
    {
        await runtime.IntroduceAsync(cancellation);
        Container? container = _cache.FindContainer(id) ?? await runtime.FindContainerAsync(id, cancellation);
        PodSandboxStatus? sandbox = await FindSandboxAsync(runtime, container?.PodSandboxId ?? id, cancellation);
        if (container is null)
        {
            return sandbox is null ? null : CriIdentity.OfSandbox(known, sandbox, runtime.Name);
        }

        Image? image = container.ImageRef.Contains('@', StringComparison.Ordinal)
            ? null
            : await runtime.FindImageAsync(container.ImageRef, cancellation);
        return CriIdentity.OfContainer(known, container, sandbox, image, runtime.Name);
    }

    private async Task<PodSandboxStatus?> FindSandboxAsync(CriRuntime runtime, string id, CancellationToken cancellation)
    {
        if (_cache.FindSandbox(id) is { } known)
        {
            return known;
        }

        PodSandboxStatus? sandbox = await runtime.FindSandboxAsync(id, cancellation);
        if (sandbox is not null)
        {
            _cache.Add(sandbox);
        }

        return sandbox;
    }

    // Tried for ever: a runtime may be installed, restarted or upgraded at any time.
    private async Task ListenAsync(CriRuntime runtime, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (File.Exists(runtime.SocketPath))
                {
                    await foreach (ContainerEventResponse told in runtime.ListenAsync(cancellation))
                    {
                        _cache.Add(told);
                    }
                }
            }
            catch (GrpcException error) when (error.Status == GrpcException.Unimplemented)
            {
                // Questions are enough.
            }
            catch (Exception error) when (RuntimeBackoff.IsFailure(error, cancellation))
            {
                _logger.RuntimeFailed(runtime.SocketPath, error.Message);
            }

            await Task.Delay(_longestPause, _time, cancellation);
        }
    }
}
