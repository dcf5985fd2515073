// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>The maps of bpf/include/maps.h: every object declares them, one instance of each is used by all.</summary>
/// <remarks>Several threads may share and adopt at a time.</remarks>
internal sealed class SharedMaps : IDisposable
{
    internal const string SentName = "na_sent";
    internal const string LostName = "na_lost";
    internal const string LostByCgroupName = "na_lost_by_cgroup";

    // Made by the first object that loads, because the kernel wants its BTF with it; shared by those that follow.
    // What it did tell already, or owns, is worth keeping over an upgrade.
    private static readonly string[] FirstLoaded = ["na_socket_owners", "na_flows", "na_capability_sets", "na_syscall_sets"];

    private static readonly string[] ToldOnce = ["na_flows", "na_capability_sets", "na_syscall_sets"];

    // A section of the objects, which all of them share: libbpf would make one for each.
    private const string Agent = ".data.agent";

    private readonly Dictionary<string, KernelMap> _byName = [];
    private readonly Dictionary<string, string> _layouts = [];
    private readonly List<KernelMap> _shards = [];
    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, (KernelMap Map, string Layout)>? _older;

    private SharedMaps(in MapSizes sizes)
    {
        Sizes = sizes.Rings;
        Capacities = sizes.Capacities;
        FilterSizes = sizes.Filter;
    }

    internal RingSizes Sizes { get; }

    internal MapCapacities Capacities { get; }

    internal FilterSizes FilterSizes { get; }

    /// <summary>What goes into the map of wanted environment variables.</summary>
    internal IReadOnlyCollection<string> WantedEnvironment { get; init; } = [];

    internal KernelMap ProcessRing => _byName["na_ring_process"];

    internal IReadOnlyList<KernelMap> Shards => _shards;

    internal KernelMap Sent => _byName[SentName];

    internal KernelMap Lost => _byName[LostName];

    internal KernelMap LostByCgroup => _byName[LostByCgroupName];

    internal KernelMap Wakeup => _byName["na_wakeup"];

    internal KernelMap Containers => _byName["na_containers"];

    internal KernelMap FilterSettings => _byName["na_filter_settings"];

    internal KernelMap WatchedFiles => _byName["na_watched_files"];

    internal KernelMap SeenCounts => _byName["na_seen_counts"];

    internal KernelMap Cut => _byName["na_cut"];

    /// <summary>All of them by name, for pinning.</summary>
    internal IReadOnlyDictionary<string, KernelMap> All
    {
        get
        {
            lock (_gate)
            {
                var all = new Dictionary<string, KernelMap>(_byName);
                for (int at = 0; at < _shards.Count; at++)
                {
                    all.Add(ShardName(at), _shards[at]);
                }

                return all;
            }
        }
    }

    /// <summary>Layouts of the maps that objects brought, by name.</summary>
    internal IReadOnlyDictionary<string, string> Layouts => _layouts;

    /// <summary>A map that one object brought; null while that is not loaded.</summary>
    internal KernelMap? FindOptional(string name) => Find(name);

    /// <param name="declarations">Any object that includes maps.h: entries and sizes come from there, but those of rings and filter.</param>
    /// <param name="sizes">Of rings and filter, and of hash maps, which are declared for one size of machine.</param>
    /// <param name="wantedEnvironment">Names of the variables that exec events carry.</param>
    /// <param name="older">Maps of an older generation with their layouts; those that a new object declares alike go on. Stay the caller's.</param>
    internal static SharedMaps Create(
        BpfObject declarations, MapSizes sizes, IReadOnlyCollection<string> wantedEnvironment,
        IReadOnlyDictionary<string, (KernelMap Map, string Layout)>? older = null)
    {
        var maps = new SharedMaps(sizes) { WantedEnvironment = wantedEnvironment, _older = older };
        try
        {
            maps.CreateRings();
            maps.CreateCounter(declarations, SentName);
            maps.CreateCounter(declarations, LostName);
            maps.CreateCounter(declarations, LostByCgroupName);
            maps.CreateCounter(declarations, "na_wakeup", MapFlags.Mmapable);
            maps.CreateCounter(declarations, Agent, MapFlags.Mmapable);
            maps.CreateCounter(declarations, "na_containers", MapFlags.Mmapable, sizes.Filter.ContainerEntries);
            maps.CreateCounter(declarations, "na_seen_sets", MapFlags.None, sizes.Filter.SetEntries);
            maps.CreateCounter(declarations, "na_filter_settings", MapFlags.Mmapable);
            maps.CreateCounter(declarations, "na_watched_files", MapFlags.None, (uint)sizes.Filter.WatchedFiles);
            maps.CreateCounter(declarations, "na_seen_counts");
            maps.CreateCounter(declarations, "na_cut");
            maps.CreateCounter(declarations, "na_untold");
            maps.CreateCounter(declarations, "na_entrants");
            maps.CreateCounter(declarations, "na_waiting");

            // Each generation has its own: the programs of an older one go on until the link that leads to them is gone.
            foreach (KernelMap programs in SharedHooks.All.SelectMany(shared => shared.CreateMaps()))
            {
                maps._byName.Add(programs.Name, programs);
            }

            maps.IntroduceAgent();
            return maps;
        }
        catch
        {
            maps.Dispose();
            throw;
        }
    }

    /// <summary>Pinned maps, as an agent with the same objects and sizes made them.</summary>
    /// <param name="pinned">Taken over.</param>
    internal static SharedMaps Restore(MapSizes sizes, IReadOnlyCollection<string> wantedEnvironment,
        IReadOnlyDictionary<string, KernelMap> pinned, IReadOnlyDictionary<string, string> layouts)
    {
        var maps = new SharedMaps(sizes) { WantedEnvironment = wantedEnvironment };
        foreach ((string name, KernelMap map) in pinned)
        {
            maps._byName.Add(name, map);
        }

        for (int at = 0; at < maps.Sizes.ShardCount; at++)
        {
            maps._byName.Remove(ShardName(at), out KernelMap? shard);
            maps._shards.Add(shard!);
        }

        foreach ((string name, string layout) in layouts)
        {
            maps._layouts.Add(name, layout);
        }

        maps.IntroduceAgent();
        return maps;
    }

    internal static string ShardName(int index) => string.Create(CultureInfo.InvariantCulture, $"na_shard_{index}");

    /// <summary>Gives an opened object these maps, and the constants that go with them.</summary>
    /// <exception cref="InvalidOperationException">It declares one of them differently: it was built from another maps.h.</exception>
    internal void ShareWith(BpfObject target)
    {
        foreach (BpfMap map in target.Maps)
        {
            if (Find(map.Name) is null)
            {
                Capacities.ApplyTo(map);
            }

            if ((Find(map.Name) ?? Continue(target, map)) is KernelMap shared)
            {
                RequireSame(map.Type == shared.Type && map.KeySizeBytes == (uint)shared.KeySizeBytes, map);
                map.Reuse(shared);
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
                string layout = StructLayouts.OfMap(loaded, map);
                lock (_gate)
                {
                    _byName.Add(map.Name, kept);
                    _layouts[map.Name] = layout;
                }
            }
        }
    }

    /// <summary>Forgets what the probes told only once: for a reader that does not have it.</summary>
    internal void TellAgain()
    {
        foreach (string name in ToldOnce)
        {
            Find(name)?.Clear();
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

    // A map that an older build filled and this one declares alike is used on.
    private KernelMap? Continue(BpfObject target, BpfMap map)
    {
        if (_older is null || !_older.TryGetValue(map.Name, out (KernelMap Map, string Layout) older) || Array.IndexOf(FirstLoaded, map.Name) < 0)
        {
            return null;
        }

        string layout = StructLayouts.OfMap(target, map);
        if (layout != older.Layout)
        {
            return null;
        }

        KernelMap own = older.Map.Duplicate();
        lock (_gate)
        {
            _byName.Add(map.Name, own);
            _layouts[map.Name] = layout;
        }

        return own;
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
            _shards.Add(KernelMap.Create(MapType.RingBuffer, ShardName(at), 0, 0, Sizes.ShardBytes));
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
