// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>The maps of bpf/include/maps.h: every object declares them, one instance of each is used by all.</summary>
/// <remarks>Several threads may share and adopt at a time.</remarks>
internal sealed class SharedMaps : IDisposable
{
    // Made by the first object that loads, because the kernel wants its BTF with it; shared by those that follow.
    private static readonly string[] FirstLoaded = ["na_socket_owners", "na_capability_sets", "na_syscall_sets"];

    // A section of the objects, which all of them share: libbpf would make one for each.
    private const string Agent = ".data.agent";

    private readonly Dictionary<string, KernelMap> _byName = [];
    private readonly List<KernelMap> _shards = [];
    private readonly Lock _gate = new();

    private SharedMaps(RingSizes sizes, MapCapacities capacities, FilterSizes filterSizes)
    {
        Sizes = sizes;
        Capacities = capacities;
        FilterSizes = filterSizes;
    }

    internal RingSizes Sizes { get; }

    internal MapCapacities Capacities { get; }

    internal FilterSizes FilterSizes { get; }

    /// <summary>What goes into the map of wanted environment variables.</summary>
    internal IReadOnlyCollection<string> WantedEnvironment { get; init; } = [];

    internal KernelMap ProcessRing => _byName["na_ring_process"];

    internal IReadOnlyList<KernelMap> Shards => _shards;

    internal KernelMap Sent => _byName["na_sent"];

    internal KernelMap Lost => _byName["na_lost"];

    internal KernelMap LostByCgroup => _byName["na_lost_by_cgroup"];

    internal KernelMap Wakeup => _byName["na_wakeup"];

    internal KernelMap Containers => _byName["na_containers"];

    internal KernelMap FilterSettings => _byName["na_filter_settings"];

    internal KernelMap SeenCounts => _byName["na_seen_counts"];

    internal KernelMap Cut => _byName["na_cut"];

    /// <summary>A map that one object brought; null while that is not loaded.</summary>
    internal KernelMap? FindOptional(string name) => Find(name);

    /// <param name="declarations">Any object that includes maps.h: entries and sizes come from there, but those of rings and filter.</param>
    /// <param name="sizes">Of the rings.</param>
    /// <param name="capacities">Of hash maps, which are declared for one size of machine.</param>
    /// <param name="filterSizes">Of the already-seen filter.</param>
    /// <param name="wantedEnvironment">Names of the variables that exec events carry.</param>
    internal static SharedMaps Create(BpfObject declarations, RingSizes sizes, MapCapacities capacities, FilterSizes filterSizes,
        IReadOnlyCollection<string> wantedEnvironment)
    {
        var maps = new SharedMaps(sizes, capacities, filterSizes) { WantedEnvironment = wantedEnvironment };
        try
        {
            maps.CreateRings();
            maps.CreateCounter(declarations, "na_sent");
            maps.CreateCounter(declarations, "na_lost");
            maps.CreateCounter(declarations, "na_lost_by_cgroup");
            maps.CreateCounter(declarations, "na_wakeup", MapFlags.Mmapable);
            maps.CreateCounter(declarations, Agent, MapFlags.Mmapable);
            maps.CreateCounter(declarations, "na_containers", MapFlags.Mmapable, filterSizes.ContainerEntries);
            maps.CreateCounter(declarations, "na_seen_sets", MapFlags.None, filterSizes.SetEntries);
            maps.CreateCounter(declarations, "na_filter_settings", MapFlags.Mmapable);
            maps.CreateCounter(declarations, "na_seen_counts");
            maps.CreateCounter(declarations, "na_cut");
            maps.CreateCounter(declarations, "na_untold");
            maps.IntroduceAgent();
            return maps;
        }
        catch
        {
            maps.Dispose();
            throw;
        }
    }

    /// <summary>Gives an opened object these maps, and the constants that go with them.</summary>
    /// <exception cref="InvalidOperationException">It declares one of them differently: it was built from another maps.h.</exception>
    internal void ShareWith(BpfObject target)
    {
        foreach (BpfMap map in target.Maps)
        {
            if (Find(map.Name) is KernelMap shared)
            {
                RequireSame(map.Type == shared.Type && map.KeySizeBytes == (uint)shared.KeySizeBytes, map);
                map.Reuse(shared);
            }
            else
            {
                Capacities.ApplyTo(map);
            }
        }

        SetConstants(target, Sizes, FilterSizes, WantedEnvironment);
    }

    /// <summary>Gives an opened object the constants that its programs are verified with.</summary>
    internal static void SetConstants(BpfObject target, RingSizes sizes, FilterSizes filterSizes, IReadOnlyCollection<string> wantedEnvironment)
    {
        target.TrySetConstant("na_shard_mask", sizes.ShardMask);
        target.TrySetConstant("na_container_mask", filterSizes.ContainerMask);
        target.TrySetConstant("na_seen_set_mask", filterSizes.SetMask);
        EnvironmentNames.SetConstants(target, wantedEnvironment);
    }

    /// <summary>Takes over from a loaded object the maps that the next ones shall share.</summary>
    internal void Adopt(BpfObject loaded)
    {
        EnvironmentNames.Fill(loaded, WantedEnvironment);
        foreach (BpfMap map in loaded.Maps)
        {
            if (Array.IndexOf(FirstLoaded, map.Name) >= 0 && Find(map.Name) is null)
            {
                KernelMap kept = map.OpenKernelMap();
                lock (_gate)
                {
                    _byName.Add(map.Name, kept);
                }
            }
        }
    }

    /// <summary>Whether a map of this name is one for all objects.</summary>
    internal bool Has(string name) => Find(name) is not null;

    public void Dispose()
    {
        foreach (KernelMap map in _byName.Values.Concat(_shards))
        {
            map.Dispose();
        }
    }

    // From here on the probes leave out what this process does.
    private void IntroduceAgent()
    {
        uint zero = 0;
        AgentIdentity own = AgentIdentity.Own();
        _byName[Agent].Update(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in zero)), MemoryMarshal.AsBytes(new ReadOnlySpan<AgentIdentity>(in own)));
    }

    private KernelMap? Find(string name)
    {
        lock (_gate)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    private void CreateRings()
    {
        _byName.Add("na_ring_process", KernelMap.Create(MapType.RingBuffer, "na_ring_process", 0, 0, Sizes.ProcessBytes));
        for (int at = 0; at < Sizes.ShardCount; at++)
        {
            _shards.Add(KernelMap.Create(MapType.RingBuffer, $"na_shard_{at}", 0, 0, Sizes.ShardBytes));
        }

        KernelMap rings = KernelMap.Create(
            MapType.ArrayOfMaps, "na_rings", sizeof(uint), sizeof(uint), (uint)Sizes.ShardCount, inner: _shards[0]);
        _byName.Add("na_rings", rings);
        for (int at = 0; at < Sizes.ShardCount; at++)
        {
            rings.UpdateInner((uint)at, _shards[at]);
        }
    }

    private void CreateCounter(BpfObject declarations, string name, MapFlags flags = MapFlags.None, uint? entries = null)
    {
        BpfMap declared = declarations.FindMap(name)
            ?? throw new InvalidOperationException($"object {declarations.Name} declares no map {name}");
        _byName.Add(name, KernelMap.Create(
            declared.Type, name.TrimStart('.').Replace('.', '_'), (int)declared.KeySizeBytes, (int)declared.ValueSizeBytes,
            entries ?? Capacities.Of(declared.Type, declared.MaxEntries), flags));
    }

    private static void RequireSame(bool same, BpfMap map)
    {
        if (!same)
        {
            throw new InvalidOperationException($"map {map.Name} differs between the objects: rebuild bpf/");
        }
    }
}
