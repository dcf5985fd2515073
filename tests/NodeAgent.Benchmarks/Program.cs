// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Scenarios;

// usage: NodeAgent.Benchmarks AGENT LOAD [SCENARIO…]
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: NodeAgent.Benchmarks AGENT-PROGRAM LOAD-PROGRAM [drain|cost|loss|latency|first|footprint …]");
    return 2;
}

string agent = Path.GetFullPath(args[0]);
var load = new LoadProgram(Path.GetFullPath(args[1]));
string[] chosen = args[2..];
string directory = Directory.CreateTempSubdirectory("node-agent-bench-file-").FullName;
string file = Path.Combine(directory, "file");
File.WriteAllText(file, "x");
var table = new BenchTable();
(string Name, Func<Task> Run)[] scenarios =
[
    ("drain", () => new DrainCost(load, file).RunAsync(table)),
    ("cost", () => new TracedCost(agent, load, file).RunAsync(table)),
    ("loss", () => new LossAtRates(agent, load, file).RunAsync(table)),
    ("latency", () => new AlertLatency(agent).RunAsync(table)),
    ("first", () => new FirstEvent(agent).RunAsync(table)),
    ("footprint", () => new Footprint(agent, load, file).RunAsync(table)),
];

try
{
    table.AddText("machine", $"{Environment.ProcessorCount} CPUs, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, {RuntimeInformation.ProcessArchitecture}");
    foreach ((string name, Func<Task> run) in scenarios)
    {
        if (chosen.Length == 0 || chosen.Contains(name))
        {
            Console.Error.WriteLine($"bench: {name}");
            await run().ConfigureAwait(false);
        }
    }
}
finally
{
    Directory.Delete(directory, recursive: true);
}

table.Print(Console.Out);
return 0;
