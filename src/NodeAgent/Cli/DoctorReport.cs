// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Cli.Output;
using NodeAgent.Cluster;
using NodeAgent.Hosting;
using NodeAgent.Interop.Maps;
using Spectre.Console;

namespace NodeAgent.Cli;

/// <summary>What doctor found, as JSON and as tables of the same.</summary>
internal static class DoctorReport
{
    public static JsonObject OfMachine(IReadOnlyList<RequirementProblem> problems) => new()
    {
        ["version"] = ProductVersion.Text,
        ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        ["cpus"] = Environment.ProcessorCount,
        ["memoryBytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ["btf"] = File.Exists("/sys/kernel/btf/vmlinux"),
        ["cgroup2"] = KernelRequirements.FindCgroupRoot(),
        ["capabilities"] = PrivilegeText.EffectiveCapabilities(),
        ["problems"] = Array(problems, p => new JsonObject { ["fatal"] = p.IsFatal, ["message"] = p.Message }),
        ["sensors"] = new JsonArray(),
        ["rings"] = new JsonArray(),
        ["maps"] = new JsonArray(),
        ["programs"] = new JsonArray(),
        ["apiServer"] = null,
        ["permissions"] = new JsonArray(),
    };

    public static void AddPermissions(JsonObject report, string host, IReadOnlyList<PermissionAnswer> answers)
    {
        report["apiServer"] = host;
        report["permissions"] = Array(answers, answer => new JsonObject
        {
            ["verb"] = answer.Request.Verb,
            ["resource"] = answer.Request.Resource,
            ["state"] = answer.State.ToString().ToLowerInvariant(),
            ["reason"] = answer.Reason.Length == 0 ? null : answer.Reason,
        });
        foreach (PermissionAnswer answer in answers.Where(answer => answer.State == PermissionState.Missing))
        {
            JsonNode problem = new JsonObject
            {
                ["fatal"] = false,
                ["message"] = $"the API server does not permit to {answer.Request.Verb} {answer.Request.Resource}: what depends on it stays unknown",
            };
            report["problems"]!.AsArray().Add(problem);
        }
    }

    /// <param name="before">The programs before the time in which runs were counted; null when none were.</param>
    public static void AddKernelSide(JsonObject report, KernelEventSource source, IReadOnlyList<ProgramStatus>? before)
    {
        report["shards"] = source.Rings.Count - 1;
        report["mapFactor"] = source.MapFactor;
        report["sensors"] = Array(source.Sensors, s => new JsonObject
        {
            ["name"] = s.Name,
            ["state"] = s.State.ToString().ToLowerInvariant(),
            ["variant"] = s.Variant,
            ["hooks"] = s.Hooks,
            ["reason"] = s.Reason,
            ["without"] = new JsonArray([.. s.Without.Select(w => (JsonNode)w)]),
        });
        report["rings"] = Array(source.Rings, r => new JsonObject { ["name"] = r.Name, ["sizeBytes"] = r.SizeBytes });
        report["maps"] = Array(source.ReadMaps().Where(m => m.Type != MapType.RingBuffer), m => new JsonObject
        {
            ["sensor"] = m.Sensor,
            ["name"] = m.Name,
            ["type"] = Enum.IsDefined(m.Type) ? m.Type.ToString() : $"type {(int)m.Type}",
            ["entries"] = m.Entries,
            ["maxEntries"] = m.MaxEntries,
            ["memoryBytes"] = m.LockedBytes,
        });
        report["programs"] = Array(source.ReadPrograms(), p => Program(p, before?.FirstOrDefault(b => b.Info.Id == p.Info.Id)));
    }

    public static void Print(JsonObject report, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Console.Out.WriteLine(report.ToJsonString(JsonText.Indented));
                break;
            case OutputFormat.Yaml:
                YamlText.Write(Console.Out, report);
                break;
            default:
                PrintTables(report);
                break;
        }
    }

    private static JsonObject Program(ProgramStatus program, ProgramStatus? before)
    {
        var json = new JsonObject
        {
            ["sensor"] = program.Sensor,
            ["name"] = program.Name,
            ["hook"] = program.Hook,
            ["verifiedInstructions"] = program.Info.VerifiedInstructions,
            ["jitedBytes"] = program.Info.JitedSizeBytes,
            ["memoryBytes"] = program.LockedBytes,
            ["recursionMisses"] = program.Info.RecursionMisses,
        };
        if (before is not null)
        {
            ulong runs = program.Info.RunCount - before.Info.RunCount;
            ulong time = program.Info.RunTimeNs - before.Info.RunTimeNs;
            json["runs"] = runs;
            json["runTimeNs"] = time;
            json["meanRunNs"] = runs == 0 ? null : Math.Round(time / (double)runs);
        }

        return json;
    }

    private static void PrintTables(JsonObject report)
    {
        PrintTable("CHECK RESULT", report.Where(p => p.Value is JsonValue or null).Select(p => new[] { p.Key, Cell(p.Value) }));
        foreach (JsonNode? problem in report["problems"]!.AsArray())
        {
            Console.Out.WriteLine($"\n{(problem!["fatal"]!.GetValue<bool>() ? "problem" : "limit")}: {problem["message"]}");
        }

        PrintArray(report, "sensors", "SENSOR STATE VARIANT HOOKS REASON WITHOUT", "name", "state", "variant", "hooks", "reason", "without");
        PrintArray(report, "rings", "RING BYTES", "name", "sizeBytes");
        PrintArray(report, "maps", "MAP OF TYPE ENTRIES CAPACITY MEMORY", "name", "sensor", "type", "entries", "maxEntries", "memoryBytes");
        PrintArray(report, "programs", "PROGRAM OF HOOK VERIFIED CODE MEMORY MISSES RUNS NS/RUN",
            "name", "sensor", "hook", "verifiedInstructions", "jitedBytes", "memoryBytes", "recursionMisses", "runs", "meanRunNs");
    }

    private static void PrintArray(JsonObject report, string key, string heads, params string[] fields)
    {
        JsonArray rows = report[key]!.AsArray();
        if (rows.Count > 0)
        {
            Console.Out.WriteLine();
            PrintTable(heads, rows.Select(row => fields.Select(field => Cell(row![field])).ToArray()));
        }
    }

    private static void PrintTable(string heads, IEnumerable<IReadOnlyList<string>> rows) =>
        TerminalTable.Print(
            heads.Split(' '),
            rows,
            static (head, cell) => head != "STATE" ? null : cell is "active" or "granted" ? Color.Green : cell is "failed" or "missing" ? Color.Red : Color.Yellow);

    private static string Cell(JsonNode? value) => value switch
    {
        null => "-",
        JsonArray texts => string.Join("; ", texts.Select(text => text!.ToString())),
        JsonValue number when number.TryGetValue(out double fraction) => fraction.ToString(CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonObject> make) => new([.. items.Select(make)]);
}
