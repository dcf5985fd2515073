// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers.Docker;

/// <summary>Knows the containers of Docker and Podman by asking them for each. For the lookup's background task.</summary>
/// <remarks>Rootless engines come and go with their users, so sockets are looked for at each question.</remarks>
public sealed class DockerSource : IContainerMetadataSource, IDisposable
{
    private const int MaxItems = 256;

    private readonly DockerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, DockerRuntime> _runtimes = new(StringComparer.Ordinal);

    public DockerSource(DockerOptions options, TimeProvider time, ILogger<DockerSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Questions that a socket did not answer.</summary>
    public long Failures => _runtimes.Values.Sum(runtime => runtime.Backoff.Failures);

    public IdentitySource Gives => IdentitySource.Runtime;

    public bool IsThere => Sockets().Any(File.Exists);

    public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        string user = UserTree.OwnerOf(query.CgroupPath);

        // A user's engine says what it likes, so it is heard of that user's containers only; and of those nobody else is.
        IEnumerable<string> sockets = Sockets().Where(socket => UserTree.OwnerOfSocket(socket) == user);
        return query.Known.ContainerId.Length == 0
            ? ValueTask.FromResult<ContainerIdentity?>(null)
            : RuntimeQuestion.AskAsync(sockets.Where(File.Exists).Select(Runtime), runtime => FindAsync(runtime, query.Known, cancellation), _logger, cancellation);
    }

    public void Dispose()
    {
        foreach (DockerRuntime runtime in _runtimes.Values)
        {
            runtime.Dispose();
        }
    }

    private IEnumerable<string> Sockets() => _options.Sockets.SelectMany(pattern => PathPattern.Expand(_options.HostRoot + pattern));

    private DockerRuntime Runtime(string socket) => _runtimes.GetOrAdd(socket, path => new DockerRuntime(path, _options, _time));

    private static async Task<ContainerIdentity?> FindAsync(DockerRuntime runtime, ContainerIdentity known, CancellationToken cancellation)
    {
        using JsonDocument? container = await runtime.FindContainerAsync(known.ContainerId, cancellation);

        // An engine also takes the start of an id, or a name; ours is a whole id.
        if (container is null || Json.Text(container.RootElement, "Id") != known.ContainerId)
        {
            return null;
        }

        string imageId = Json.Text(container.RootElement, "Image");
        using JsonDocument? image = imageId.Length == 0 ? null : await runtime.FindImageAsync(imageId, cancellation);
        return Complete(known, container.RootElement, imageId, image?.RootElement ?? default, runtime.SocketPath);
    }

    private static ContainerIdentity Complete(ContainerIdentity known, JsonElement container, string imageId, JsonElement image, string socket)
    {
        JsonElement config = Json.Object(container, "Config");
        Dictionary<string, string> labels = Json.Map(config, "Labels", MaxItems);
        string name = Json.Text(container, "Name").TrimStart('/');
        bool isUsers = UserTree.OwnerOfSocket(socket).Length != 0;
        string podName = isUsers ? string.Empty : labels.GetValueOrDefault("io.kubernetes.pod.name", string.Empty);
        string podNamespace = isUsers ? string.Empty : labels.GetValueOrDefault("io.kubernetes.pod.namespace", string.Empty);
        string podUid = isUsers || known.PodUid.Length != 0 ? known.PodUid : labels.GetValueOrDefault("io.kubernetes.pod.uid", string.Empty);
        string digest = Json.Texts(image, "RepoDigests", MaxItems).FirstOrDefault(text => text.Contains('@', StringComparison.Ordinal)) ?? imageId;
        string runtime = socket.Contains("podman", StringComparison.Ordinal) ? "podman" : "docker";
        return known with
        {
            Kind = UnitKind.Container,
            Runtime = known.Runtime.Length != 0 ? known.Runtime : runtime,
            ContainerName = labels.GetValueOrDefault("io.kubernetes.container.name", name),
            PodName = podName,
            PodNamespace = podNamespace,
            PodUid = podUid,
            Image = Json.Text(config, "Image"),
            ImageDigest = digest[(digest.IndexOf('@', StringComparison.Ordinal) + 1)..],
            HostNetwork = Json.Text(Json.Object(container, "HostConfig"), "NetworkMode") == "host",
            PodLabels = labels,
            Workload = podName.Length != 0 && podNamespace.Length != 0
                ? new WorkloadIdentity("v1", "Pod", podNamespace, podName)
                : ContainerNaming.Standalone(UnitKind.Container, name.Length != 0 ? name : known.ContainerName),
        };
    }
}
