// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests.Matrix;

/// <summary>
/// Loads, attaches and fires each variant once, and remembers how that went. Not one after the other, since starting takes
/// longest under emulation: first all sensors as the agent starts them, then those variants that it did not choose, forced,
/// one of each sensor at a time.
/// </summary>
internal static class MatrixRun
{
    /// <summary>Names the file that takes a line for each cell.</summary>
    internal const string FileVariable = "KERNEL_MATRIX_FILE";

    private static readonly Lazy<Result> Done = new(RunAll);

    /// <summary>The variant that each sensor took by itself; empty when none.</summary>
    internal static IReadOnlyDictionary<string, string> Chosen => Done.Value.Chosen;

    internal static MatrixCell Of(string sensor, string variant) => Done.Value.Cells[(sensor, variant)];

    private static Result RunAll()
    {
        var cells = new Dictionary<(string Sensor, string Variant), MatrixCell>();
        Dictionary<string, string> chosen = [];
        foreach (SensorStatus status in Round(new BpfOptions(), cells))
        {
            chosen.Add(status.Name, status.Variant);
        }

        while (Forced(cells) is { } options)
        {
            Round(options, cells);
        }

        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
        {
            File.WriteAllLines(file, SensorCatalog.All.SelectMany(sensor => sensor.Variants.Select(variant => $"{cells[(sensor.Name, variant.Name)]}")));
        }

        return new Result(cells, chosen);
    }

    // Null when no variant is left.
    private static BpfOptions? Forced(Dictionary<(string Sensor, string Variant), MatrixCell> cells)
    {
        var options = new BpfOptions();
        foreach (SensorDefinition sensor in SensorCatalog.All)
        {
            if (sensor.Variants.FirstOrDefault(variant => !cells.ContainsKey((sensor.Name, variant.Name))) is { } next)
            {
                options.Variants.Add(sensor.Name, next.Name);
            }
            else
            {
                options.DisabledSensors.Add(sensor.Name);
            }
        }

        return options.Variants.Count > 0 ? options : null;
    }

    private static IReadOnlyList<SensorStatus> Round(BpfOptions options, Dictionary<(string Sensor, string Variant), MatrixCell> cells)
    {
        using KernelEventSource source = KernelEventSource.Start(options, NullLoggerFactory.Instance);
        var watch = KernelWatch.On(source);
        foreach (SensorStatus status in source.Sensors.Where(status => status.State != SensorState.Disabled))
        {
            if (status.State == SensorState.Active)
            {
                cells[(status.Name, status.Variant)] = Fire(source, watch, status);
            }
            else if (options.Variants.GetValueOrDefault(status.Name) is { } forced)
            {
                cells[(status.Name, forced)] = new MatrixCell(status.Name, forced, MatrixCell.StepOf(status.Reason), status.Reason);
            }
        }

        return source.Sensors;
    }

    private static MatrixCell Fire(KernelEventSource source, KernelWatch watch, SensorStatus status)
    {
        if (SensorTriggers.Find(status.Name) is not { } trigger)
        {
            return new MatrixCell(status.Name, status.Variant, MatrixStep.Attaches, "no trigger: add one to SensorTriggers");
        }

        string scratch = Directory.CreateTempSubdirectory("na-matrix-").FullName;
        try
        {
            using var cgroup = new TestCgroup();
            trigger.Prepare(source, scratch);
            var workload = Workload.Start(trigger.Workload, [.. trigger.Arguments.Select(argument =>
                argument.Replace("{scratch}", scratch, StringComparison.Ordinal).Replace("{cgroup}", cgroup.Path, StringComparison.Ordinal))]);
            workload.RequireSuccess();
            return watch.TryWaitUntil(() => trigger.HasFired(watch.Events, workload))
                ? new MatrixCell(status.Name, status.Variant, MatrixStep.Fires, string.Join("; ", status.Without))
                : new MatrixCell(status.Name, status.Variant, MatrixStep.Attaches, $"no event of {trigger.Workload} came");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private sealed record Result(IReadOnlyDictionary<(string Sensor, string Variant), MatrixCell> Cells, IReadOnlyDictionary<string, string> Chosen);
}
