// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Cli.Output;
using NodeAgent.Configuration;
using NodeAgent.Hosting;
using Spectre.Console;

namespace NodeAgent.Cli;

/// <summary><c>node-agent doctor</c>: what this machine offers, and what the agent makes of it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);
        var command = new ExampleCommand(
            "doctor",
            "Check kernel, BTF and privileges, and load each sensor once",
            "node-agent doctor",
            "node-agent doctor -o json") { output };
        command.SetAction(arguments => Run(arguments.GetValue(output)));
        return command;
    }

    private static int Run(OutputFormat format)
    {
        IReadOnlyList<RequirementProblem> problems = KernelRequirements.Check();
        bool usable = !problems.Any(p => p.IsFatal);
        IReadOnlyList<SensorStatus> sensors = [];
        if (usable)
        {
            using ILoggerFactory loggers = LogOutput.Create(LogLevel.None);
            using KernelEventSource source = KernelGate.Open(new ProbeSettings(), loggers);
            sensors = source.Sensors;
        }

        JsonObject report = Report(problems, sensors);
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

        return usable && sensors.All(s => s.State != SensorState.Failed) ? 0 : 1;
    }

    private static JsonObject Report(IReadOnlyList<RequirementProblem> problems, IReadOnlyList<SensorStatus> sensors) => new()
    {
        ["version"] = ProductVersion.Text,
        ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        ["cpus"] = Environment.ProcessorCount,
        ["btf"] = File.Exists("/sys/kernel/btf/vmlinux"),
        ["cgroup2"] = KernelRequirements.FindCgroupRoot(),
        ["capabilities"] = PrivilegeText.EffectiveCapabilities(),
        ["problems"] = new JsonArray([.. problems.Select(p => (JsonNode)new JsonObject { ["fatal"] = p.IsFatal, ["message"] = p.Message })]),
        ["sensors"] = new JsonArray([.. sensors.Select(s => (JsonNode)new JsonObject
        {
            ["name"] = s.Name,
            ["state"] = s.State.ToString().ToLowerInvariant(),
            ["variant"] = s.Variant,
            ["hooks"] = s.Hooks,
            ["reason"] = s.Reason,
            ["without"] = new JsonArray([.. s.Without.Select(w => (JsonNode)w)]),
        })]),
    };

    private static void PrintTables(JsonObject report)
    {
        TerminalTable.Print(
            ["CHECK", "RESULT"],
            report.Where(p => p.Value is JsonValue or null).Select(p => new[] { p.Key, p.Value?.ToString() ?? "none" }),
            (_, _) => null);
        foreach (JsonNode? problem in report["problems"]!.AsArray())
        {
            Console.Out.WriteLine($"\n{(problem!["fatal"]!.GetValue<bool>() ? "problem" : "limit")}: {problem["message"]}");
        }

        Console.Out.WriteLine();
        TerminalTable.Print(
            ["SENSOR", "STATE", "VARIANT", "HOOKS", "REASON"],
            report["sensors"]!.AsArray().Select(s => new[] { s!["name"]!.ToString(), s["state"]!.ToString(), s["variant"]!.ToString(), s["hooks"]!.ToString(), ReasonOf(s) }),
            (head, cell) => head != "STATE" ? null : cell == "active" ? Color.Green : cell == "failed" ? Color.Red : Color.Yellow);
    }

    private static string ReasonOf(JsonNode sensor)
    {
        string reason = sensor["reason"]!.ToString();
        string without = string.Join("; ", sensor["without"]!.AsArray().Select(w => w!.ToString()));
        return without.Length == 0 ? reason : $"{reason}{(reason.Length > 0 ? "; " : string.Empty)}without {without}";
    }
}
