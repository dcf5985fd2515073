// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Looks things up for the container table on background tasks: paths of unknown cgroups, and metadata.</summary>
/// <remarks>
/// The loop's thread asks and takes answers, and never waits; when a queue is full the question is refused (the table asks
/// again later) and counted. Answers are no more than questions in flight, so their queue needs no other bound.
/// </remarks>
public sealed class ContainerLookup : IContainerLookup
{
    private const int RescanLimit = 65_536;

    private readonly ICgroupTree _tree;
    private readonly IReadOnlyList<IContainerMetadataSource> _sources;
    private readonly OciBundles? _bundles;
    private readonly TimeSpan _rescanInterval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<CgroupMiss> _misses;
    private readonly Channel<ContainerInfo> _metadata;
    private readonly Channel<LookupAnswer> _answers;
    private long _lastRescan;

    /// <param name="tree">The cgroup2 tree.</param>
    /// <param name="sources">Best first.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">For the pause between walks of the tree.</param>
    /// <param name="logger">Where failing sources are told.</param>
    /// <param name="bundles">Where the configuration is read that a source does not tell; null = nowhere.</param>
    public ContainerLookup(
        ICgroupTree tree,
        IEnumerable<IContainerMetadataSource> sources,
        ContainerTableOptions options,
        TimeProvider time,
        ILogger<ContainerLookup> logger,
        OciBundles? bundles = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _tree = tree;
        _sources = [.. sources];
        _bundles = bundles;
        _rescanInterval = options.RescanInterval;
        _time = time;
        _logger = logger;
        _lastRescan = long.MinValue;
        _misses = Bounded<CgroupMiss>(options.LookupQueueCapacity);
        _metadata = Bounded<ContainerInfo>(options.LookupQueueCapacity);
        _answers = Bounded<LookupAnswer>(2 * options.LookupQueueCapacity);
    }

    /// <summary>Questions refused because a queue was full.</summary>
    public long QueueFull { get; private set; }

    /// <summary>Walks of the whole tree.</summary>
    public long Rescans { get; private set; }

    /// <summary>Sources that failed unexpectedly.</summary>
    public long SourceFailures { get; private set; }

    public bool HasSources => _sources.Count != 0;

    /// <summary>Works until cancelled. Start it once, on the thread pool.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll([RunMissesAsync(cancellation), RunMetadataAsync(cancellation), .. _sources.Select(source => RunSourceAsync(source, cancellation))]);

    public bool TryAskPath(CgroupMiss miss) => Counted(_misses.Writer.TryWrite(miss));

    public bool TryAskMetadata(ContainerInfo container) => Counted(_metadata.Writer.TryWrite(container));

    public bool TryTake(out LookupAnswer answer) => _answers.Reader.TryRead(out answer);

    private bool Counted(bool written)
    {
        QueueFull += written ? 0 : 1;
        return written;
    }

    private async Task RunMissesAsync(CancellationToken cancellation)
    {
        var unknown = new HashSet<ulong>();
        try
        {
            while (await _misses.Reader.WaitToReadAsync(cancellation))
            {
                while (_misses.Reader.TryRead(out CgroupMiss miss))
                {
                    string? path = miss.Pid == 0 ? null : _tree.PathOf(miss.Pid);
                    if (path is not null && _tree.TryGetId(path, out ulong id) && id == miss.CgroupId)
                    {
                        await _answers.Writer.WriteAsync(new LookupAnswer(id, path, null, null, null, IsFinal: true), cancellation);
                    }
                    else
                    {
                        unknown.Add(miss.CgroupId);
                    }
                }

                await RescanAsync(unknown, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Finds in one walk all that were asked for; what is not found is asked again by the table.</summary>
    private async Task RescanAsync(HashSet<ulong> unknown, CancellationToken cancellation)
    {
        if (unknown.Count == 0)
        {
            return;
        }

        if (_lastRescan != long.MinValue && _rescanInterval - _time.GetElapsedTime(_lastRescan) is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, _time, cancellation);
        }

        _lastRescan = _time.GetTimestamp();
        Rescans++;
        foreach (CgroupDirectory directory in _tree.Walk(RescanLimit))
        {
            if (unknown.Remove(directory.CgroupId))
            {
                await _answers.Writer.WriteAsync(new LookupAnswer(directory.CgroupId, directory.Path, null, null, null, IsFinal: true), cancellation);
            }

            if (unknown.Count == 0)
            {
                break;
            }
        }

        unknown.Clear();
    }

    private async Task RunMetadataAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (ContainerInfo container in _metadata.Reader.ReadAllAsync(cancellation))
            {
                ContainerIdentity basis = container.Identity;
                ContainerIdentity? found = await FindAsync(new ContainerQuery(container.CgroupId, container.CgroupPath, basis), cancellation);
                if (found is not null)
                {
                    bool isFinal = !_sources.Any(source => source.Gives > found.Source && source.IsThere);
                    await _answers.Writer.WriteAsync(new LookupAnswer(container.CgroupId, null, container, basis, found, isFinal), cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RunSourceAsync(IContainerMetadataSource source, CancellationToken cancellation)
    {
        try
        {
            await source.RunAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception error)
        {
            SourceFailures++;
            _logger.MetadataSourceFailed(error, source.GetType().Name, string.Empty);
        }
    }

    private async Task<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
    {
        foreach (IContainerMetadataSource source in _sources.Where(source => source.Gives > query.Known.Source))
        {
            try
            {
                if (await source.FindAsync(query, cancellation) is { } found)
                {
                    return found with
                    {
                        Source = source.Gives,
                        Configuration = found.Configuration ?? (UserTree.OwnerOf(query.CgroupPath).Length == 0 ? _bundles?.Find(found.ContainerId)?.Configuration : null),
                    };
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A port's implementation is not ours: whatever it throws must not end the lookups of all others.
                SourceFailures++;
                _logger.MetadataSourceFailed(error, source.GetType().Name, query.CgroupPath);
            }
        }

        return null;
    }

    private static Channel<T> Bounded<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
}
