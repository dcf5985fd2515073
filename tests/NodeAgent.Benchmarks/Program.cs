// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Harness.Cluster;
using NodeAgent.Benchmarks.Harness.Stores;
using NodeAgent.Benchmarks.Scenarios;
using NodeAgent.Benchmarks.Scenarios.Cel;
using NodeAgent.Benchmarks.Scenarios.Identity;
using NodeAgent.Benchmarks.Scenarios.Storage;

// usage: NodeAgent.Benchmarks AGENT LOAD [--steady SECONDS] [--emulated] [SCENARIO…]
if (args is [ApiServerProgram.Flag])
{
    return await ApiServerProgram.RunAsync().ConfigureAwait(false);
}

if (args is [StorageProgram.Flag, var storageDirectory, var storageDatabase])
{
    return await StorageProgram.RunAsync(storageDirectory, storageDatabase).ConfigureAwait(false);
}

using var directory = new ScratchDirectory();
string file = directory.Write("file", "x");
var table = new BenchTable();
(string Name, Func<BenchOptions, LoadProgram, Task> Run)[] scenarios =
[
    ("drain", (_, load) => new DrainCost(load, file).RunAsync(table)),
    ("cost", (options, load) => new TracedCost(options, load, file, CostSettings.General).RunAsync(table)),
    ("network", (options, load) => new TracedCost(options, load, file, CostSettings.Network).RunAsync(table)),
    ("redis", (options, _) => new RedisThroughput(options, RedisThroughput.Whole).RunAsync(table)),
    ("redis-parts", (options, _) => new RedisThroughput(options, RedisThroughput.Parts).RunAsync(table)),
    ("loss", (options, load) => new LossAtRates(options, load, file).RunAsync(table)),
    ("flood", (options, load) => new Flood(options, load).RunAsync(table)),
    ("recovery", (options, load) => new Recovery(options, load, file).RunAsync(table)),
    ("reduction", (options, _) => new Reduction(options).RunAsync(table)),
    ("latency", (options, _) => new AlertLatency(options).RunAsync(table)),
    ("alerts", async (_, _) =>
    {
        await using var delivery = new AlertDelivery(directory);
        await delivery.RunAsync(table);
    }),
    ("first", (options, _) => new FirstEvent(options.AgentProgram).RunAsync(table)),
    ("identity", (options, _) => new IdentityCost(options).RunAsync(table)),
    ("policy", (_, _) => new PolicyCost(directory).RunAsync(table)),
    ("delta", (_, _) => new DeltaCost(directory).RunAsync(table)),
    ("storage", (_, _) => new StorageCost(directory).RunAsync(table)),
    ("fleet", (options, _) => new FleetCost(directory, options).RunAsync(table)),
    ("profile", (_, _) => ProfileCost.RunAsync(table)),
    ("cel", (_, _) => CelCost.RunAsync(table)),
    ("host-scan", (options, _) => new HostScanCost(options).RunAsync(table)),
    ("footprint", (options, load) => new Footprint(options, load, file).RunAsync(table)),
];

BenchOptions chosen;
try
{
    chosen = BenchOptions.Parse(args, scenarios.Select(s => s.Name));
}
catch (FormatException e)
{
    Console.Error.WriteLine($"bench: {e.Message}");
    return 2;
}

table.AddText("machine", $"{Environment.ProcessorCount} CPUs, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {RuntimeInformation.ProcessArchitecture}");
if (chosen.Emulated)
{
    table.AddText("emulated", "times are of no use, only differences in % are, and they count instructions; few iterations, so those of a few % are noise");
    table.AddText("with agent", "the agent's probes and settings, attached by the benchmark; its reader only counts");
}

foreach ((string name, Func<BenchOptions, LoadProgram, Task> run) in scenarios)
{
    // Parts of a figure are for those who look into it.
    bool isPart = name.EndsWith("-parts", StringComparison.Ordinal);
    if (chosen.Scenarios.Contains(name) || (chosen.Scenarios.Count == 0 && !isPart))
    {
        // What else the machine does decides what a figure is worth.
        table.AddText($"{name}: load of the machine before", File.ReadAllText("/proc/loadavg").Split(' ')[0]);
        Console.Error.WriteLine($"bench: {name}");
        await run(chosen, new LoadProgram(chosen.LoadProgram)).ConfigureAwait(false);
    }
}

table.Print(Console.Out);
return 0;
