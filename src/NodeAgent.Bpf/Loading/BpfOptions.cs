// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Filtering;

namespace NodeAgent.Bpf.Loading;

/// <summary>How the probes are loaded and their rings sized. Configuration section: <c>Bpf</c>.</summary>
public sealed class BpfOptions
{
    /// <summary>Units: bytes. Ring of exec, fork, exit and cgroup records; rounded up to a power of two.</summary>
    public long ProcessRingBytes { get; set; } = 2 << 20;

    /// <summary>Units: bytes. Each of the rings for everything else; rounded up to a power of two.</summary>
    public long ShardRingBytes { get; set; } = 4 << 20;

    /// <summary>Number of those rings, rounded down to a power of two; 0 = by the number of CPUs, fewer where memory is short.</summary>
    public int ShardCount { get; set; }

    /// <summary>Share of the memory that this process may use which the rings may take; they shrink to fit.</summary>
    public double RingMemoryShare { get; set; } = 1.0 / 16;

    /// <summary>Units: µs. How old a record must be before it is read, so that records of different CPUs come in order.</summary>
    public int ReorderWindowMicroseconds { get; set; } = 200;

    /// <summary>Mount point of the cgroup2 tree; empty = found in /proc/self/mountinfo.</summary>
    public string CgroupRoot { get; set; } = string.Empty;

    /// <summary>Whether the kernel counts runs and run time of BPF programs, for one second each minute.</summary>
    public bool ProgramStatistics { get; set; }

    /// <summary>Names of the sensors that something uses; the others are not loaded. Empty = all.</summary>
    public IReadOnlyList<string> Sensors { get; set; } = [];

    /// <summary>Names of sensors that stay off, such as <c>dns</c>.</summary>
    public IList<string> DisabledSensors { get; } = [];

    /// <summary>Directory in a bpffs that keeps programs, rings and counters for the next agent; empty = they end with this one.</summary>
    public string PinPath { get; set; } = string.Empty;

    /// <summary>Sensor to the only variant of it that is tried, such as <c>file</c> to <c>tracepoint</c>; others choose by themselves.</summary>
    public Dictionary<string, string> Variants { get; } = [];

    /// <summary>What the kernel keeps from the rings.</summary>
    public FilterOptions Filter { get; init; } = new();

    /// <summary>Environment variables that exec events carry; at most 64 names of at most 31 characters.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; set; } = Loading.EnvironmentNames.Default;

    /// <returns>One line for each wrong value, naming its key; empty when all is well.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        Require(faults, ProcessRingBytes is >= 4096 and <= 1 << 30, $"Bpf:ProcessRingBytes: {ProcessRingBytes} is not between 4096 and 1073741824");
        Require(faults, ShardRingBytes is >= 4096 and <= 1 << 30, $"Bpf:ShardRingBytes: {ShardRingBytes} is not between 4096 and 1073741824");
        Require(faults, ShardCount is >= 0 and <= 1024, $"Bpf:ShardCount: {ShardCount} is not between 0 and 1024");
        Require(faults, RingMemoryShare is > 0 and <= 1, $"Bpf:RingMemoryShare: {RingMemoryShare} is not above 0 and at most 1");
        Require(faults, ReorderWindowMicroseconds is >= 0 and <= 100_000,
            $"Bpf:ReorderWindowMicroseconds: {ReorderWindowMicroseconds} is not between 0 and 100000");
        if (PinPath.Length > 0 && Handover.PinPath.FaultOf(PinPath) is { } fault)
        {
            faults.Add($"Bpf:PinPath: {PinPath}: {fault}");
        }

        Require(faults, EnvironmentNames.Count <= Loading.EnvironmentNames.MaxCount,
            $"Bpf:EnvironmentNames: {EnvironmentNames.Count} names are more than {Loading.EnvironmentNames.MaxCount}");
        foreach (string name in EnvironmentNames)
        {
            Require(faults, Loading.EnvironmentNames.IsValid(name),
                $"Bpf:EnvironmentNames: \"{name}\" is not 1 to {Loading.EnvironmentNames.MaxLength} printable characters without = and space");
        }

        foreach (string name in DisabledSensors.Concat(Sensors))
        {
            Require(faults, SensorCatalog.All.Any(sensor => sensor.Name == name),
                $"Bpf:{(Sensors.Contains(name) ? nameof(Sensors) : nameof(DisabledSensors))}: there is no sensor \"{name}\"; there are {string.Join(", ", SensorCatalog.All.Select(sensor => sensor.Name))}");
        }

        foreach ((string name, string variant) in Variants)
        {
            SensorDefinition? sensor = SensorCatalog.All.FirstOrDefault(sensor => sensor.Name == name);
            Require(faults, sensor is not null,
                $"Bpf:Variants: there is no sensor \"{name}\"; there are {string.Join(", ", SensorCatalog.All.Select(sensor => sensor.Name))}");
            Require(faults, sensor?.Forced(variant) is not null || sensor is null,
                $"Bpf:Variants: sensor {name} has no variant \"{variant}\"; it has {string.Join(", ", sensor?.Variants.Select(known => known.Name) ?? [])}");
        }

        faults.AddRange(Filter.Validate());
        return faults;
    }

    private static void Require(List<string> faults, bool holds, string fault)
    {
        if (!holds)
        {
            faults.Add(fault);
        }
    }
}
