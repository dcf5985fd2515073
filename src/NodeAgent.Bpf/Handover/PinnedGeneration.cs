// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Losses;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Pins;

namespace NodeAgent.Bpf.Handover;

/// <summary>A finished generation that is found at start, opened and checked pin by pin against its manifest.</summary>
internal sealed class PinnedGeneration : IDisposable
{
    private readonly Dictionary<string, KernelMap> _maps = [];
    private readonly HashSet<string> _wholeSensors = [];
    private readonly List<string> _problems = [];
    private readonly List<uint> _linkIds = [];
    private readonly Dictionary<string, uint> _programIds = [];

    private PinnedGeneration(GenerationDirectory directory, Manifest manifest)
    {
        Directory = directory;
        Manifest = manifest;
    }

    internal GenerationDirectory Directory { get; }

    internal Manifest Manifest { get; }

    /// <summary>The maps that are there and as the manifest says, by name.</summary>
    internal IReadOnlyDictionary<string, KernelMap> Maps => _maps;

    internal KernelMap? Ledger { get; private set; }

    /// <summary>Sensors of which every link is there.</summary>
    internal IReadOnlySet<string> WholeSensors => _wholeSensors;

    /// <summary>Numbers of the links.</summary>
    internal IReadOnlyList<uint> LinkIds => _linkIds;

    /// <summary>Numbers of the programs, by the names of their links.</summary>
    internal IReadOnlyDictionary<string, uint> ProgramIds => _programIds;

    /// <summary>Whether a new agent can go on with the maps.</summary>
    internal bool HasAllMaps => Ledger is not null && _maps.Count == Manifest.Maps.Count;

    /// <summary>Pins that are gone or are something else; one line each.</summary>
    internal IReadOnlyList<string> Problems => _problems;

    /// <param name="problem">Why there is none.</param>
    internal static PinnedGeneration? TryOpen(GenerationDirectory directory, out string problem)
    {
        Manifest? manifest = ManifestFile.TryRead(directory, out problem);
        if (manifest is null)
        {
            return null;
        }

        var generation = new PinnedGeneration(directory, manifest);
        foreach (ManifestMap map in manifest.Maps)
        {
            generation.OpenMap(map);
        }

        generation.OpenLedger();
        foreach (ManifestSensor sensor in manifest.Sensors.Where(sensor => sensor.Links.Count > 0))
        {
            if (generation.OpenLinks(sensor))
            {
                generation._wholeSensors.Add(sensor.Name);
            }
        }

        return generation;
    }

    /// <summary>Gives the maps away: <see cref="Dispose"/> leaves them open.</summary>
    internal Dictionary<string, KernelMap> TakeMaps()
    {
        var taken = new Dictionary<string, KernelMap>(_maps);
        _maps.Clear();
        return taken;
    }

    internal KernelMap? TakeLedger()
    {
        KernelMap? ledger = Ledger;
        Ledger = null;
        return ledger;
    }

    public void Dispose()
    {
        foreach (KernelMap map in _maps.Values)
        {
            map.Dispose();
        }

        Ledger?.Dispose();
    }

    private void OpenMap(ManifestMap expected)
    {
        try
        {
            KernelMap map = KernelMap.OpenPinned(Directory.PathOf(PinNames.Map(expected.Name)), expected.Name);
            if ((int)map.Type == expected.Type && map.KeySizeBytes == expected.KeySizeBytes
                && map.ValueSizeBytes == expected.ValueSizeBytes && map.MaxEntries == expected.MaxEntries)
            {
                _maps.Add(expected.Name, map);
                return;
            }

            map.Dispose();
            _problems.Add($"pinned map {expected.Name} is another one than was pinned");
        }
        catch (BpfException e)
        {
            _problems.Add(e.Message);
        }
    }

    private void OpenLedger()
    {
        try
        {
            KernelMap ledger = KernelMap.OpenPinned(Directory.PathOf(PinNames.Ledger), PinNames.Ledger);
            if (ledger is { Type: MapType.Array, ValueSizeBytes: LossLedger.SizeBytes } && ledger.Flags.HasFlag(MapFlags.Mmapable))
            {
                Ledger = ledger;
                return;
            }

            ledger.Dispose();
            _problems.Add("the pinned ledger is another map");
        }
        catch (BpfException e)
        {
            _problems.Add(e.Message);
        }
    }

    private bool OpenLinks(ManifestSensor sensor)
    {
        bool whole = true;
        foreach (string name in sensor.Links)
        {
            try
            {
                OpenLink(name);
            }
            catch (BpfException e)
            {
                whole = false;
                _problems.Add(e.Message);
            }
        }

        return whole;
    }

    // A program that a HookDispatch goes on with has no link of its own; it is pinned itself.
    private void OpenLink(string name)
    {
        string path = Directory.PathOf(name);
        if (BpfPin.KindOf(path) == PinKind.Program)
        {
            using KernelProgram program = KernelProgram.OpenPinned(path, name, string.Empty);
            _programIds[name] = program.ReadInfo().Id;
            return;
        }

        using PinnedLink link = PinnedLink.Open(path);
        _linkIds.Add(link.Id);
        _programIds[name] = link.ProgramId;
    }
}
