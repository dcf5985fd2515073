// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>Knows the containers of Kubernetes by asking the node's runtimes for each. For the lookup's background task.</summary>
/// <remarks>
/// The kernel tells of each start and end, so lists need not be compared for that. A runtime's containers are listed once, when it is first asked and when it
/// answers again after it failed: a node full of containers is known by one answer, with those that are gone before their turn to be asked for would have come.
/// Later each container is one question and its pod another, which is saved where the runtime tells by itself (its event stream). A runtime
/// that is away, hangs or answers nonsense is asked again after a pause; that none is there is an ordinary state.
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
        return query.Known.ContainerId.Length == 0 || !IsOfTheNode(query)
            ? ValueTask.FromResult<ContainerIdentity?>(null)
            : RuntimeQuestion.AskAsync(_runtimes, runtime => FindAsync(runtime, query, cancellation), _logger, cancellation);
    }

    public void Dispose() => _runtimes.ForEach(runtime => runtime.Dispose());

    // What a user calls a cgroup of its own, or what runs inside a pod's container and is of its pod, is not the runtime's, though it may have the id of one.
    private static bool IsOfTheNode(ContainerQuery query) =>
        UserTree.OwnerOf(query.CgroupPath).Length == 0 && (query.Known.PodUid.Length == 0 || PathsPodUid(query).Length != 0);

    private static string PathsPodUid(ContainerQuery query) => CgroupPathParser.Parse(ByteText.Encode(query.CgroupPath)).PodUid;

    private async Task<ContainerIdentity?> FindAsync(CriRuntime runtime, ContainerQuery query, CancellationToken cancellation)
    {
        await runtime.IntroduceAsync(cancellation);
        (string id, ContainerIdentity known) = (query.Known.ContainerId, query.Known);
        Container? container = await FindContainerAsync(runtime, id, cancellation);
        PodSandboxStatus? sandbox = await FindSandboxAsync(runtime, container?.PodSandboxId ?? id, cancellation);

        // The path says which pod it is of; a container of that id in another pod is another one.
        if (PathsPodUid(query) is { Length: > 0 } uid && CriIdentity.PodUidOf(container, sandbox) is { Length: > 0 } told && uid != told)
        {
            return null;
        }

        return container is not null ? CriIdentity.OfContainer(known, container, sandbox, await FindImageAsync(runtime, container, cancellation), runtime.Name)
            : sandbox is not null ? CriIdentity.OfSandbox(known, sandbox, runtime.Name)
            : null;
    }

    private async Task<Container?> FindContainerAsync(CriRuntime runtime, string id, CancellationToken cancellation)
    {
        if (_cache.FindContainer(id) is { } known)
        {
            return known;
        }

        if (!runtime.IsListed)
        {
            foreach (Container told in await runtime.ListContainersAsync(cancellation))
            {
                _cache.Add(told);
            }
        }

        return _cache.FindContainer(id) ?? await runtime.FindContainerAsync(id, cancellation);
    }

    private async Task<Image?> FindImageAsync(CriRuntime runtime, Container container, CancellationToken cancellation)
    {
        string reference = container.ImageRef;
        if (reference.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }

        if (_cache.FindImage(reference) is { } known)
        {
            return known;
        }

        Image? image = await runtime.FindImageAsync(reference, cancellation);
        if (image is not null)
        {
            _cache.Add(reference, image);
        }

        return image;
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
