// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>Knows the containers of Kubernetes by asking the node's runtimes for each. For the lookup's background task.</summary>
/// <remarks>
/// The kernel tells of a container before any runtime does, so nothing is listed or watched: one question for a container
/// and one for its pod. A runtime that is away, hangs or answers nonsense is asked again after a pause; that none is there
/// is an ordinary state.
/// </remarks>
public sealed class CriSource : IContainerMetadataSource, IDisposable
{
    private readonly List<CriRuntime> _runtimes;
    private readonly Dictionary<string, PodSandboxStatus> _sandboxes = new(StringComparer.Ordinal);
    private readonly int _maxSandboxes;
    private readonly ILogger _logger;

    public CriSource(CriOptions options, TimeProvider time, ILogger<CriSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _runtimes = [.. options.Sockets.Select(socket => new CriRuntime(options.HostRoot + socket, options, time))];
        _maxSandboxes = options.MaxSandboxes;
        _logger = logger;
    }

    public IdentitySource Gives => IdentitySource.Runtime;

    public bool IsThere => _runtimes.Exists(runtime => File.Exists(runtime.SocketPath));

    /// <summary>Questions that a runtime's socket did not answer.</summary>
    public long Failures => _runtimes.Sum(runtime => runtime.Backoff.Failures);

    public async ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        string id = query.Known.ContainerId;
        if (id.Length == 0)
        {
            return null;
        }

        foreach (CriRuntime runtime in _runtimes.Where(runtime => runtime.IsDue))
        {
            try
            {
                if (await FindAsync(runtime, id, query.Known, cancellation) is { } found)
                {
                    return found;
                }
            }
            catch (Exception error) when (RuntimeBackoff.IsFailure(error, cancellation))
            {
                runtime.Backoff.Fail();
                _logger.RuntimeFailed(runtime.SocketPath, error.Message);
            }
        }

        return null;
    }

    public void Dispose() => _runtimes.ForEach(runtime => runtime.Dispose());

    private async Task<ContainerIdentity?> FindAsync(CriRuntime runtime, string id, ContainerIdentity known, CancellationToken cancellation)
    {
        Container? container = await runtime.FindContainerAsync(id, cancellation);
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
        if (_sandboxes.TryGetValue(id, out PodSandboxStatus? known))
        {
            return known;
        }

        PodSandboxStatus? sandbox = await runtime.FindSandboxAsync(id, cancellation);
        if (sandbox is not null)
        {
            if (_sandboxes.Count >= _maxSandboxes)
            {
                _sandboxes.Clear();
            }

            _sandboxes[id] = sandbox;
        }

        return sandbox;
    }
}
