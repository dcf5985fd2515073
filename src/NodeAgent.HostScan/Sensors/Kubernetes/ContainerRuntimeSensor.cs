// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Sensors.Kubernetes.Runtimes;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>The container runtimes that run, or are set up, on a node.</summary>
internal sealed class ContainerRuntimeSensor() : HostSensor<ContainerRuntimeInfoSpec>(HostDataJsonContext.Readable.ContainerRuntimeInfoSpec)
{
    private static readonly RuntimeReader[] Readers = [new ContainerdReader(), new CrioReader(), new DockerReader()];

    public override string Kind => "ContainerRuntimeInfo";

    public override string Variable => "runtime";

    public override bool IsEverywhere => false;

    protected override ContainerRuntimeInfoSpec? Read(SensorRun run)
    {
        ContainerRuntime[] found = [.. Readers.Select(reader => Read(run, reader)).OfType<ContainerRuntime>().OrderBy(runtime => runtime.Name, StringComparer.Ordinal)];
        return found.Length == 0 ? null : new ContainerRuntimeInfoSpec { Runtimes = found, NodeName = run.NodeName };
    }

    private static ContainerRuntime? Read(SensorRun run, RuntimeReader reader)
    {
        // The host's own: one in a container is the affair of that container.
        HostProcess? process = run.Processes.Named(reader.Program).FirstOrDefault(process => process.ContainerId.Length == 0);
        RuntimeFacts facts = reader.Read(run, process);
        HostFile[] sockets = [.. facts.Sockets.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(path => run.Describe(path, FileContent.None)).OfType<HostFile>()];
        if (process is null && facts.Files.Count == 0 && sockets.Length == 0)
        {
            return null;
        }

        run.NoteIfCut(facts.Settings, reader.Name);
        return new ContainerRuntime
        {
            Name = reader.Name,
            IsRunning = process is not null,
            CmdLine = process is null ? null : Redaction.CommandLine(process.Arguments),
            ConfigFiles = [.. facts.Files.Select(path => run.Describe(path, FileContent.Hash)).OfType<HostFile>()],
            Sockets = sockets,
            ServiceFiles = run.ServiceFiles(process?.Unit is { Length: > 0 } unit ? unit : reader.Program + ".service"),
            Settings = facts.Settings.All,
            InsecureRegistries = [.. facts.InsecureRegistries.Select(Redaction.Text)],
        };
    }
}
