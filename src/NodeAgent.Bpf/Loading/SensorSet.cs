// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Snapshots;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Loading;

/// <summary>All sensors with the maps that they share. Disposing it takes everything out of the kernel.</summary>
internal sealed partial class SensorSet : IDisposable
{
    private readonly HookDispatch[] _dispatches;
    private readonly Task<ProcessSnapshot> _snapshot;

    // One for each definition, in their order; replaced whole, since metrics read it beside an addition.
    private volatile Sensor[] _sensors = [];

    private SensorSet(SharedMaps maps, AgentHandover? handover, Func<string, BpfObject> open, ILogger logger)
    {
        Maps = maps;
        Handover = handover;
        _dispatches = [.. SharedHooks.All.Select(shared => new HookDispatch(shared, maps, handover?.TakeOverHeads(shared) ?? [], logger))];
        _snapshot = Task.Run(() => ProcessSnapshot.Load(open, maps));
    }

    internal SharedMaps Maps { get; }

    /// <summary>Null when nothing outlives this process.</summary>
    internal AgentHandover? Handover { get; }

    /// <summary>The task iterator, loaded beside the sensors.</summary>
    /// <exception cref="BpfException">This kernel accepts none.</exception>
    internal ProcessSnapshot Snapshot => _snapshot.GetAwaiter().GetResult();

    /// <summary>Everything that was loaded into the kernel, by the sensor it belongs to.</summary>
    internal IEnumerable<(string Sensor, BpfObject Object)> Loaded
    {
        get
        {
            foreach (Sensor sensor in _sensors.Where(sensor => sensor.Object is not null))
            {
                yield return (sensor.Status.Name, sensor.Object!);
            }

            foreach (HookDispatch dispatch in _dispatches.Where(dispatch => dispatch.Object is not null))
            {
                yield return (dispatch.Shared.ObjectName, dispatch.Object!);
            }

            if (LoadedSnapshot is { } snapshot)
            {
                yield return ("snapshot", snapshot.Object);
            }
        }
    }

    /// <summary>Programs that run without this process, by sensor.</summary>
    internal IEnumerable<(string Sensor, RunningProgram Program)> Running =>
        _sensors.SelectMany(sensor => sensor.Running.Select(program => (sensor.Status.Name, program)))
            .Concat(_dispatches.SelectMany(dispatch => dispatch.Running.Select(head => (dispatch.Shared.ObjectName, head))));

    /// <summary>Any thread.</summary>
    internal IReadOnlyList<SensorStatus> Statuses => [.. _sensors.Select(sensor => sensor.Status)];

    /// <param name="open">Opens an object by name.</param>
    /// <exception cref="BpfException">Not even the maps could be made.</exception>
    internal static SensorSet Start(
        IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, BpfOptions options, ILogger logger)
    {
        if (!ProcessLimits.TryRaiseLockLimit())
        {
            Log.LockLimitStays(logger);
        }

        long memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        RingSizes sizes = RingSizes.For(options, Cpus.OnlineLimit, memoryBytes);
        var all = new MapSizes(sizes, MapCapacities.For(memoryBytes), FilterSizes.For(options.Filter, memoryBytes));
        SensorSet set = Create(definitions, open, options, all, logger);
        try
        {
            set.StartAll([.. definitions], open, options, logger);
            set.Handover?.Commit(set.Statuses);
            foreach (HookDispatch dispatch in set._dispatches.Where(dispatch => set.Handover?.IsPinned(dispatch.Shared) == false))
            {
                dispatch.ForgetRunning();
            }

            set._addition = new Addition([.. definitions], open, options, logger);
            return set;
        }
        catch
        {
            set.Dispose();
            set.Handover?.Abandon();
            throw;
        }
    }

    public void Dispose()
    {
        Sensor[] sensors = _sensors;
        for (int at = sensors.Length - 1; at >= 0; at--)
        {
            sensors[at].Dispose();
        }

        Array.ForEach(_dispatches, dispatch => dispatch.Dispose());
        LoadedSnapshot?.Dispose();
        Maps.Dispose();
        Handover?.Dispose();
    }

    private static SensorSet Create(IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, BpfOptions options,
        MapSizes sizes, ILogger logger)
    {
        if (options.PinPath.Length > 0)
        {
            AgentHandover handover = AgentHandover.Begin(options, definitions, open, sizes, logger);
            return new SensorSet(handover.Maps, handover, open, logger);
        }

        using BpfObject declarations = open(definitions[0].Name);
        return new SensorSet(SharedMaps.Create(declarations, sizes, options.EnvironmentNames), null, open, logger);
    }

    private Sensor StartOne(SensorDefinition definition, BpfOptions options, SensorKernel kernel)
    {
        if (ReasonToStayOff(definition, options) is { } reason)
        {
            Handover?.Drop(definition);
            return Sensor.Off(definition, reason);
        }

        if (Handover?.TakeOver(definition) is { } running)
        {
            return running;
        }

        Sensor sensor = Sensor.Start(definition, options.Variants.GetValueOrDefault(definition.Name), kernel);
        return Handover?.Pin(sensor) ?? sensor;
    }

    private static string? ReasonToStayOff(SensorDefinition definition, BpfOptions options) =>
        options.DisabledSensors.Contains(definition.Name) ? "switched off in Bpf:DisabledSensors"
        : options.Sensors.Count > 0 && !options.Sensors.Contains(definition.Name) ? "nothing uses it (Bpf:Sensors)"
        : null;

    // Null when it never loaded.
    private ProcessSnapshot? LoadedSnapshot
    {
        get
        {
            try
            {
                return Snapshot;
            }
            catch (Exception exception) when (exception is BpfException or InvalidOperationException)
            {
                return null;
            }
        }
    }

    private void StartAll(
        List<SensorDefinition> definitions, Func<string, BpfObject> open, BpfOptions options, ILogger logger)
    {
        using SafeFileHandle? cgroupRoot = OpenCgroupRoot(options, logger);
        using var types = new KernelTypes();
        var kernel = new SensorKernel(open, Maps, types, _dispatches, cgroupRoot);
        var started = new Sensor?[definitions.Count];
        try
        {
            // The smallest that asks for a trampoline goes before: where those are forbidden, the others need not find it out.
            int first = definitions.FindIndex(definition => definition.Name == SensorCatalog.SmallestWithTrampoline);
            if (first >= 0)
            {
                started[first] = StartOne(definitions[first], options, kernel);
            }

            // The verifier is what takes the time; it runs on as many CPUs as there are programs to check.
            Parallel.ForEach(definitions.GroupBy(definition => definition.Chain), chain =>
            {
                foreach (SensorDefinition definition in chain)
                {
                    started[definitions.IndexOf(definition)] ??= StartOne(definition, options, kernel);
                }
            });
        }
        finally
        {
            _sensors = [.. started.OfType<Sensor>()];
            _refusedTrampoline = kernel.RefusedTrampoline;
        }

        foreach (Sensor sensor in _sensors)
        {
            Report(sensor.Status, logger);
        }
    }

    private static SafeFileHandle? OpenCgroupRoot(BpfOptions options, ILogger logger)
    {
        string? path = options.CgroupRoot.Length > 0 ? options.CgroupRoot : KernelRequirements.FindCgroupRoot();
        if (path is null)
        {
            return null;
        }

        try
        {
            return KernelFiles.OpenDirectory(path);
        }
        catch (BpfException exception)
        {
            Log.CgroupRootUnusable(logger, exception.Message);
            return null;
        }
    }

    private static void Report(SensorStatus status, ILogger logger)
    {
        if (status.State == SensorState.Failed)
        {
            Log.SensorFailed(logger, status.Name, status.Reason);
        }
        else
        {
            Log.SensorStarted(logger, status.Name, status.State, status.Variant);
        }

        foreach (string program in status.Without)
        {
            Log.SensorReduced(logger, status.Name, program);
        }
    }
}
