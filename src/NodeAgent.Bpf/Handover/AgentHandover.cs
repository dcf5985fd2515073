// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Handover;

/// <summary>Takes over what an agent before this one pinned, and pins what this one makes for the next.</summary>
/// <remarks>
/// <para>Same objects, settings and sizes (<see cref="Stamp"/>): maps and attached programs are used on, nothing is loaded, nothing is missed.</para>
/// <para>Otherwise a new generation is made: its programs attach first, then those of the older ones go, whose rings are read to their
/// end beside the new ones. <see cref="RecordGate"/> leaves out what both told.</para>
/// <para>A generation counts once its manifest is written, after everything else. What a start that was killed left behind has none
/// and is removed. <see cref="Pin"/> and <see cref="TakeOver"/> may be called by several threads at a time.</para>
/// </remarks>
internal sealed class AgentHandover : IDisposable
{
    private readonly PinDirectory _pins;
    private readonly string _stamp;
    private readonly Func<string, BpfObject> _open;
    private readonly ILogger _logger;
    private readonly List<PinnedGeneration> _older = [];
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, List<string>> _links = [];
    private readonly Lock _gate = new();
    private GenerationDirectory _directory = null!;
    private PinnedGeneration? _resumed;
    private ulong _overlapFromNs;
    private int _takenOver;

    private AgentHandover(PinDirectory pins, string stamp, Func<string, BpfObject> open, ILogger logger)
    {
        _open = open;
        _pins = pins;
        _stamp = stamp;
        _logger = logger;
    }

    internal SharedMaps Maps { get; private set; } = null!;

    internal LossLedger Ledger { get; private set; } = null!;

    /// <summary>Generations whose rings are to be read to their end; the taker disposes them.</summary>
    internal IReadOnlyList<PinnedGeneration> Older => _older;

    /// <summary>Units: boot ns. Since when an older generation and this one record the same; 0 = there is none.</summary>
    internal ulong OverlapFromNs => _overlapFromNs;

    /// <summary>After <see cref="Commit"/>.</summary>
    internal HandoverReport Report { get; private set; } = null!;

    /// <remarks>Errors: <see cref="PinException"/> for the path, <see cref="BpfException"/> for the kernel.</remarks>
    internal static AgentHandover Begin(BpfOptions options, IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, MapSizes sizes, ILogger logger)
    {
        string root = options.CgroupRoot.Length > 0 ? options.CgroupRoot : KernelRequirements.FindCgroupRoot() ?? string.Empty;
        var handover = new AgentHandover(PinDirectory.Open(options.PinPath, logger), Stamp.Of(definitions, open, options, sizes, root), open, logger);
        try
        {
            handover.OpenGenerations();
            if (!handover.TryResume(options, sizes))
            {
                using BpfObject declarations = open(definitions[0].Name);
                handover.BeginGeneration(declarations, options, sizes);
            }

            return handover;
        }
        catch
        {
            handover.Dispose();
            throw;
        }
    }

    /// <returns>What an agent before this one left attached at shared hooks; empty when it is to be attached, and then nothing of it is left.</returns>
    internal IReadOnlyList<RunningProgram> TakeOverHeads(SharedHooks shared)
    {
        if (_resumed is null)
        {
            return [];
        }

        if (PinNames.Heads(shared).All(_resumed.ProgramIds.ContainsKey))
        {
            return [.. shared.Hooks.Select(hook => new RunningProgram(_resumed.ProgramIds[PinNames.Link(shared.ObjectName, hook.Head)], hook.Head, hook.Section))];
        }

        // Without one of them no sensor that hangs on them is whole: all of it is started anew.
        _directory.RemoveLinks(shared.ObjectName);
        return [];
    }

    /// <summary>Whether a sensor of this generation hangs on these hooks.</summary>
    internal bool IsPinned(SharedHooks shared)
    {
        string head = PinNames.Heads(shared).First();
        lock (_gate)
        {
            return _links.Values.Any(names => names.Contains(head));
        }
    }

    /// <returns>The sensor as it runs in the kernel; null when it is not there whole and must be started.</returns>
    internal Sensor? TakeOver(SensorDefinition definition)
    {
        ManifestSensor? known = _resumed?.Manifest.Sensors.Find(sensor => sensor.Name == definition.Name);
        if (known is { Status.State: SensorState.Active } && _resumed!.WholeSensors.Contains(known.Name))
        {
            lock (_gate)
            {
                _links[known.Name] = known.Links;
                _takenOver++;
            }

            return Sensor.TakenOver(known.Status, Programs(definition, known));
        }

        Drop(definition);
        return null;
    }

    /// <summary>Takes a sensor's programs out of the kernel if an older agent left them there.</summary>
    internal void Drop(SensorDefinition definition)
    {
        foreach (SharedHooks shared in SharedHooks.All)
        {
            shared.Remove(Maps, definition.Name);
        }

        _directory.RemoveLinks(definition.Name);
    }

    /// <summary>Lets a sensor that was just started outlive this process. When the kernel cannot, its status says so.</summary>
    internal Sensor Pin(Sensor sensor)
    {
        var names = new List<string>();
        try
        {
            foreach (IAttachedProgram link in sensor.Links)
            {
                string name = PinNames.Link(sensor.Status.Name, link.Program);
                link.Pin(_directory.PathOf(name));
                names.Add(name);
            }

            if (sensor.Links.OfType<DispatchedProgram>().FirstOrDefault() is { } dispatched)
            {
                HookDispatch dispatch = dispatched.Dispatch;
                dispatch.Pin(head => LinkPath(dispatch.Shared.ObjectName, head));
                names.AddRange(PinNames.Heads(dispatch.Shared));
            }
        }
        catch (BpfException e)
        {
            // Before Linux 5.15 a link through a perf event (kprobe, tracepoint) is none that can be pinned.
            _directory.RemoveLinks(sensor.Status.Name);
            foreach (IAttachedProgram link in sensor.Links)
            {
                link.Unpin();
            }

            names.Clear();
            sensor.Note($"ends with the agent: {e.Message}");
            Log.SensorNotPinned(_logger, sensor.Status.Name, e.Message);
        }

        lock (_gate)
        {
            _links[sensor.Status.Name] = names;
        }

        return sensor;
    }

    /// <summary>Where the link of a program is to be pinned that comes and goes while the agent runs.</summary>
    internal string LinkPath(string sensor, string program) => _directory.PathOf(PinNames.Link(sensor, program));

    /// <summary>Costs a system call for each pin.</summary>
    /// <returns>A pin that somebody removed, as <c>detach --force</c> does; null while all are there.</returns>
    internal string? FindRemovedPin()
    {
        lock (_gate)
        {
            return _links.Values.SelectMany(names => names).Prepend(PinNames.Manifest).Select(_directory.PathOf).FirstOrDefault(path => !File.Exists(path));
        }
    }

    /// <summary>Finishes this generation, then detaches the older ones: until here a kill leaves them as they are.</summary>
    internal void Commit(IReadOnlyList<SensorStatus> statuses)
    {
        foreach (SharedHooks shared in SharedHooks.All.Where(shared => !IsPinned(shared)))
        {
            // Nothing hangs on them any more, and every call or packet of the machine pays for them.
            _directory.RemoveLinks(shared.ObjectName);
        }

        (ulong lastReadNs, bool wasSaved) = Before();
        Renew(statuses);
        foreach (PinnedGeneration generation in _older)
        {
            generation.Directory.RemoveLinks();
        }

        if (lastReadNs != 0 && !wasSaved)
        {
            Maps.TellAgain();
        }

        Report = new HandoverReport(_pins.Path, _directory.Number, _takenOver, _older.Count, lastReadNs, wasSaved && !HadUnpinned(), _problems);
        Log.PinsUsed(_logger, _pins.Path, _directory.Number, _takenOver, _older.Count);
        _problems.ForEach(problem => Log.PinProblem(_logger, problem));
    }

    /// <summary>Writes down what this generation is now, with a sensor that came after <see cref="Commit"/>: a next agent that finds it there takes it over.</summary>
    /// <exception cref="BpfException">The kernel cannot.</exception>
    internal void Renew(IReadOnlyList<SensorStatus> statuses)
    {
        PinNewMaps();
        List<ManifestSensor> sensors;
        lock (_gate)
        {
            sensors = [.. statuses.Select(status => new ManifestSensor(status, _links.GetValueOrDefault(status.Name) ?? []))];
        }

        ManifestFile.Write(_directory, new Manifest
        {
            Stamp = _stamp,
            AgentPid = Environment.ProcessId,
            OverlapFromNs = _overlapFromNs,
            Wire = StructLayouts.Wire(),
            Maps = [.. Maps.All.Select(pair => Describe(pair.Key, pair.Value))],
            Sensors = sensors,
        });
    }

    /// <summary>A ledger of its own for who goes on writing down what was read when the rest is disposed.</summary>
    internal LossLedger OpenLedger()
    {
        using KernelMap map = KernelMap.OpenPinned(_directory.PathOf(PinNames.Ledger), PinNames.Ledger);
        return LossLedger.Over(map);
    }

    /// <summary>After a start that failed: what it pinned goes, what it found stays.</summary>
    internal void Abandon()
    {
        if (_resumed is null && Report is null)
        {
            _directory.Remove();
        }
    }

    public void Dispose()
    {
        _resumed?.Dispose();
        _older.ForEach(generation => generation.Dispose());
        Ledger?.Dispose();
        _pins.Dispose();
    }

    private List<RunningProgram> Programs(SensorDefinition definition, ManifestSensor known)
    {
        using BpfObject declared = _open(definition.Name);
        return [.. declared.Programs
            .Where(program => known.Links.Contains(PinNames.Link(known.Name, program.Name)))
            .Select(program => new RunningProgram(_resumed!.ProgramIds[PinNames.Link(known.Name, program.Name)], program.Name, program.Section))];
    }

    private void OpenGenerations()
    {
        foreach (GenerationDirectory directory in GenerationDirectory.FindAll(_pins.Path))
        {
            PinnedGeneration? generation = PinnedGeneration.TryOpen(directory, out string problem);
            if (generation is not null)
            {
                _older.Add(generation);
                _problems.AddRange(generation.Problems);
                continue;
            }

            // A start that was killed, or a manifest that somebody removed: nothing tells what the rest is.
            _problems.Add($"{directory.Path} was not finished ({problem}): removed");
            directory.Remove();
        }
    }

    private bool TryResume(BpfOptions options, MapSizes sizes)
    {
        if (_older.FirstOrDefault() is not { HasAllMaps: true } newest || newest.Manifest.Stamp != _stamp)
        {
            return false;
        }

        _older.RemoveAt(0);
        _resumed = newest;
        _directory = newest.Directory;
        _overlapFromNs = newest.Manifest.OverlapFromNs;
        using (KernelMap ledger = newest.TakeLedger()!)
        {
            Ledger = LossLedger.Over(ledger);
        }

        Maps = SharedMaps.Restore(sizes, options.EnvironmentNames, newest.TakeMaps(), newest.Manifest.Maps.Where(map => map.Layout.Length > 0)
            .ToDictionary(map => map.Name, map => map.Layout));
        return true;
    }

    private void BeginGeneration(BpfObject declarations, BpfOptions options, MapSizes sizes)
    {
        int number = _older.Count == 0 ? 1 : _older[0].Directory.Number + 1;
        _directory = GenerationDirectory.Create(_pins.Path, number);
        Maps = SharedMaps.Create(declarations, sizes, options.EnvironmentNames, OlderState());
        using KernelMap ledger = LossLedger.CreateMap();
        ledger.Pin(_directory.PathOf(PinNames.Ledger));
        Ledger = LossLedger.Over(ledger);
        Ledger.LastReadNs = BootClock.NowNs;
        _overlapFromNs = _older.Count == 0 ? 0 : BootClock.NowNs;
    }

    private Dictionary<string, (KernelMap Map, string Layout)>? OlderState()
    {
        if (_older.Count == 0)
        {
            return null;
        }

        PinnedGeneration newest = _older[0];
        return newest.Manifest.Maps.Where(map => map.Layout.Length > 0 && newest.Maps.ContainsKey(map.Name))
            .ToDictionary(map => map.Name, map => (newest.Maps[map.Name], map.Layout));
    }

    private void PinNewMaps()
    {
        foreach ((string name, KernelMap map) in Maps.All)
        {
            string path = _directory.PathOf(PinNames.Map(name));
            if (!File.Exists(path))
            {
                map.Pin(path);
            }
        }
    }

    private ManifestMap Describe(string name, KernelMap map) =>
        new(name, (int)map.Type, map.KeySizeBytes, map.ValueSizeBytes, map.MaxEntries, Maps.Layouts.GetValueOrDefault(name, string.Empty));

    // A sensor of the agent before this one that ended with it.
    private bool HadUnpinned() => (_resumed ?? _older.FirstOrDefault())?.Manifest.Sensors
        .Exists(sensor => sensor.Status.State == SensorState.Active && sensor.Links.Count == 0) ?? false;

    // Of the agent before this one.
    private (ulong LastReadNs, bool WasSaved) Before()
    {
        if (_resumed is not null)
        {
            return (Ledger.LastReadNs, !Ledger.IsUnsaved);
        }

        if (_older.FirstOrDefault()?.Ledger is not { } map)
        {
            return (0, false);
        }

        using LossLedger ledger = LossLedger.Over(map);
        return (ledger.LastReadNs, !ledger.IsUnsaved);
    }
}
