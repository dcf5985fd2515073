// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests.Matrix;

/// <summary>Loads, attaches and fires each variant once, and remembers how that went.</summary>
internal static class MatrixRun
{
    /// <summary>Names the file that takes a line for each cell.</summary>
    internal const string FileVariable = "KERNEL_MATRIX_FILE";

    private static readonly ConcurrentDictionary<(string Sensor, string Variant), MatrixCell> Cells = new();

    internal static MatrixCell Of(string sensor, string variant) => Cells.GetOrAdd((sensor, variant), static key =>
    {
        MatrixCell cell = Try(key.Sensor, key.Variant);
        if (Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } file)
        {
            File.AppendAllText(file, $"{cell}\n");
        }

        return cell;
    });

    private static MatrixCell Try(string sensor, string variant)
    {
        var options = new BpfOptions();
        options.Variants.Add(sensor, variant);
        foreach (SensorDefinition other in SensorCatalog.All.Where(other => other.Name != sensor))
        {
            options.DisabledSensors.Add(other.Name);
        }

        using KernelEventSource source = KernelEventSource.Start(options, NullLoggerFactory.Instance);
        SensorStatus status = source.Sensors.Single(status => status.Name == sensor);
        return status.State == SensorState.Active
            ? Fire(source, status)
            : new MatrixCell(sensor, variant, MatrixCell.StepOf(status.Reason), status.Reason);
    }

    private static MatrixCell Fire(KernelEventSource source, SensorStatus status)
    {
        if (SensorTriggers.Find(status.Name) is not { } trigger)
        {
            return new MatrixCell(status.Name, status.Variant, MatrixStep.Attaches, "no trigger: add one to SensorTriggers");
        }

        string scratch = Directory.CreateTempSubdirectory("na-matrix-").FullName;
        try
        {
            using var cgroup = new TestCgroup();
            var watch = KernelWatch.On(source);
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
}
