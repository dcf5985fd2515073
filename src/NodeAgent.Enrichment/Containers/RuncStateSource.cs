// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Knows containers by the state that runc keeps for itself, containerd and Docker. For the lookup's background task.</summary>
/// <remarks>A container is recognised by its cgroup and never by its name alone: names are free to choose. Source: runc's libcontainer state.</remarks>
public sealed class RuncStateSource : IContainerMetadataSource
{
    private const int MaxStateBytes = 1 << 20;

    private readonly RuncStateOptions _options;
    private readonly OciBundles _bundles;
    private readonly Dictionary<string, (DateTime Written, RuncState? State)> _cache = [];

    public RuncStateSource(RuncStateOptions options, OciBundles bundles)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _bundles = bundles;
    }

    public IdentitySource Gives => IdentitySource.Files;

    public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (_cache.Count > 2 * _options.MaxContainers)
        {
            _cache.Clear();
        }

        foreach (string root in Roots())
        {
            cancellation.ThrowIfCancellationRequested();
            if (FindIn(root, query) is { } state)
            {
                ContainerIdentity found = AnnotatedIdentity.Complete(query.Known, state.Id, state.Annotations, RuntimeOf(root)) with
                {
                    HostNetwork = !state.HasNetworkNamespace,
                    Configuration = _bundles.Read(state.Bundle)?.Configuration,
                };
                return ValueTask.FromResult<ContainerIdentity?>(found);
            }
        }

        return ValueTask.FromResult<ContainerIdentity?>(null);
    }

    /// <summary>First where the name says it is, then everywhere.</summary>
    private RuncState? FindIn(string root, ContainerQuery query)
    {
        string likely = query.Known.ContainerId.Length != 0 ? query.Known.ContainerId : Path.GetFileName(query.CgroupPath);
        if (likely.Length != 0 && likely.AsSpan().IndexOfAny('/', '\0') < 0 && likely is not (".." or ".")
            && Read($"{root}/{likely}/state.json") is { } direct && direct.CgroupPath == query.CgroupPath)
        {
            return direct;
        }

        int left = _options.MaxContainers;
        foreach (string directory in PathPattern.Directories(root))
        {
            if (left-- == 0)
            {
                break;
            }

            if (Read($"{directory}/state.json") is { } state && state.CgroupPath == query.CgroupPath)
            {
                return state;
            }
        }

        return null;
    }

    private RuncState? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaxStateBytes)
            {
                return null;
            }

            if (_cache.TryGetValue(path, out (DateTime Written, RuncState? State) known) && known.Written == file.LastWriteTimeUtc)
            {
                return known.State;
            }

            RuncState? state = RuncState.Parse(File.ReadAllBytes(path));
            _cache[path] = (file.LastWriteTimeUtc, state);
            return state;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private IEnumerable<string> Roots() => _options.Roots.SelectMany(pattern => PathPattern.Expand(_options.HostRoot + pattern));

    private static string RuntimeOf(string root) =>
        root.Contains("/containerd/", StringComparison.Ordinal) ? "containerd"
        : root.Contains("/docker/", StringComparison.Ordinal) ? "docker"
        : "runc";
}
