// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Loading;

/// <summary>All sensors with the maps that they share. Disposing it takes everything out of the kernel.</summary>
internal sealed class SensorSet : IDisposable
{
    private readonly List<Sensor> _sensors = [];

    private SensorSet(SharedMaps maps)
    {
        Maps = maps;
    }

    internal SharedMaps Maps { get; }

    internal IReadOnlyList<SensorStatus> Statuses => _sensors.ConvertAll(sensor => sensor.Status);

    /// <param name="open">Opens an object by name.</param>
    /// <exception cref="BpfException">Not even the maps could be made.</exception>
    internal static SensorSet Start(
        IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, BpfOptions options, ILogger logger)
    {
        if (!ProcessLimits.TryRaiseLockLimit())
        {
            Log.LockLimitStays(logger);
        }

        RingSizes sizes = RingSizes.For(options, Cpus.PossibleCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        using BpfObject declarations = open(definitions[0].Name);
        var set = new SensorSet(SharedMaps.Create(declarations, sizes));
        try
        {
            set.StartAll(definitions, open, options, logger);
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        for (int at = _sensors.Count - 1; at >= 0; at--)
        {
            _sensors[at].Dispose();
        }

        Maps.Dispose();
    }

    private void StartAll(
        IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open, BpfOptions options, ILogger logger)
    {
        using SafeFileHandle? cgroupRoot = OpenCgroupRoot(options, logger);
        foreach (SensorDefinition definition in definitions)
        {
            Sensor sensor = options.DisabledSensors.Contains(definition.Name)
                ? Sensor.Off(definition)
                : Sensor.Start(definition, open, Maps, cgroupRoot);
            _sensors.Add(sensor);
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
    }
}
