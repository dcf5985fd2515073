// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Statistics;

/// <summary>The programs and maps that the agent holds in the kernel, by descriptors of its own. May be used from any thread.</summary>
/// <remarks>Errors: what the kernel refuses to tell is left out; after dispose there is nothing.</remarks>
internal sealed class KernelInventory : IDisposable
{
    // Counting copies a map out, so it is done no oftener than this.
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(30);

    private readonly List<(string Sensor, KernelProgram Program, long LockedBytes)> _programs = [];
    private readonly List<(string Sensor, KernelMap Map)> _maps = [];
    private readonly HashSet<BpfObject> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<uint> _running = [];
    private readonly HashSet<uint> _mapIds = [];
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (long? Entries, long LockedBytes)> _fill = [];
    private long? _countedAt;
    private bool _disposed;

    private KernelInventory(TimeProvider time)
    {
        _time = time;
    }

    internal static KernelInventory Of(SensorSet sensors, TimeProvider time)
    {
        var inventory = new KernelInventory(time);
        try
        {
            inventory.Add(sensors);
            return inventory;
        }
        catch
        {
            inventory.Dispose();
            throw;
        }
    }

    /// <summary>Takes in what is there and was not before.</summary>
    /// <exception cref="BpfException">A descriptor could not be had; what was taken in before stays.</exception>
    internal void Add(SensorSet sensors)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            foreach ((string sensor, BpfObject loaded) in sensors.Loaded.Where(pair => _objects.Add(pair.Object)))
            {
                _programs.AddRange(loaded.Programs.Where(program => program.IsEnabled)
                    .Select(program => program.OpenKernelProgram()).Select(program => (sensor, program, program.ReadLockedBytes())));
                foreach (BpfMap map in loaded.Maps.Where(map => !map.IsInternal))
                {
                    Add(sensors.Maps.Has(map.Name) ? "shared" : sensor, map.OpenKernelMap());
                }
            }

            foreach ((string sensor, RunningProgram running) in sensors.Running.Where(pair => _running.Add(pair.Program.Id)))
            {
                if (KernelProgram.TryOpen(running.Id, running.Name, running.Section) is { } program)
                {
                    _programs.Add((sensor, program, program.ReadLockedBytes()));
                }
            }

            _countedAt = null;
        }
    }

    /// <summary>Costs a system call for each program.</summary>
    internal IReadOnlyList<ProgramStatus> ReadPrograms()
    {
        lock (_gate)
        {
            var programs = new List<ProgramStatus>();
            foreach ((string sensor, KernelProgram program, long lockedBytes) in _disposed ? [] : _programs)
            {
                try
                {
                    programs.Add(new ProgramStatus(sensor, program.Name, program.Section, program.ReadInfo(), lockedBytes));
                }
                catch (BpfException)
                {
                    // Left out: the kernel does not tell.
                }
            }

            return programs;
        }
    }

    /// <summary>Counts the entries when the last count is old.</summary>
    internal IReadOnlyList<MapStatus> ReadMaps()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return [];
            }

            CountWhenDue();
            return _maps.ConvertAll(entry => new MapStatus(entry.Sensor, entry.Map.Name, entry.Map.Type, entry.Map.MaxEntries,
                _fill[entry.Map.Id].Entries, _fill[entry.Map.Id].LockedBytes));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _programs.ForEach(entry => entry.Program.Dispose());
            _maps.ForEach(entry => entry.Map.Dispose());
        }
    }

    private static long? Count(KernelMap map)
    {
        try
        {
            return MapFill.Count(map);
        }
        catch (BpfException)
        {
            return null;
        }
    }

    // Every object declares the shared maps: the first one to come stands for all.
    private void Add(string sensor, KernelMap map)
    {
        if (_mapIds.Add(map.Id))
        {
            _maps.Add((sensor, map));
        }
        else
        {
            map.Dispose();
        }
    }

    private void CountWhenDue()
    {
        if (_countedAt is long counted && _time.GetElapsedTime(counted) < CountInterval)
        {
            return;
        }

        _countedAt = _time.GetTimestamp();
        foreach ((_, KernelMap map) in _maps)
        {
            _fill[map.Id] = (Count(map), map.ReadLockedBytes());
        }
    }
}
