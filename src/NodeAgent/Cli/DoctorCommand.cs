// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Cli.Output;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Hosting;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Cli;

/// <summary><c>node-agent doctor</c>: what this machine offers, and what the agent makes of it.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var output = OutputOption.Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);
        var statistics = new Option<bool>("--program-stats") { Description = "Have the kernel count for a second how often each program runs and what it takes" };
        var command = new ExampleCommand(
            "doctor",
            "Check kernel, BTF, privileges and permissions at the API server, load each sensor once, and show rings, maps and programs",
            "node-agent doctor",
            "node-agent doctor --program-stats -o json") { output, statistics };
        command.SetAction((arguments, stop) => RunAsync(arguments.GetValue(output), arguments.GetValue(statistics), stop));
        return command;
    }

    private static async Task<int> RunAsync(OutputFormat format, bool withStatistics, CancellationToken stop)
    {
        IReadOnlyList<RequirementProblem> problems = KernelRequirements.Check();
        bool usable = !problems.Any(p => p.IsFatal);
        JsonObject report = DoctorReport.OfMachine(problems);
        IReadOnlyList<SensorStatus> sensors = [];
        if (usable)
        {
            using ILoggerFactory loggers = LogOutput.Create(LogLevel.None);
            using KernelEventSource source = KernelGate.Open(new ProbeSettings(), [], loggers);
            sensors = source.Sensors;
            IReadOnlyList<ProgramStatus> before = source.ReadPrograms();
            if (withStatistics)
            {
                Measure();
            }

            DoctorReport.AddKernelSide(report, source, withStatistics ? before : null);
        }

        await AddPermissionsAsync(report, stop).ConfigureAwait(false);
        DoctorReport.Print(report, format);
        return usable && sensors.All(s => s.State != SensorState.Failed) ? 0 : 1;
    }

    // Which API server the agent would follow says its environment, as for trace.
    private static async Task AddPermissionsAsync(JsonObject report, CancellationToken stop)
    {
        AgentOptions options = ConfigurationLoader.Load(null, SettingOptions.Variables(), new Dictionary<string, string>());
        using ILoggerFactory loggers = LogOutput.Create(LogLevel.Warning);
        if (KubernetesAccess.Find(options.Kubernetes, loggers.CreateLogger("NodeAgent")) is { } configuration)
        {
            using var client = new Kubernetes.Kubernetes(configuration);
            DoctorReport.AddPermissions(report, client.Host, await PermissionCheck.RunAsync(client, options, stop).ConfigureAwait(false));
        }
    }

    // Records fill the rings meanwhile and are not read: the programs do the same for a lost one, but for the ring's lock.
    private static void Measure()
    {
        using RunStatistics statistics = RunStatistics.Enable();
        using var done = new ManualResetEventSlim();
        done.Wait(Measured);
    }
}
