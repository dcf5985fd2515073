// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Harness.Cluster;
using NodeAgent.Bpf;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Events.Identity;

namespace NodeAgent.Benchmarks.Scenarios.Identity;

/// <summary>The agent's start on a full node: how long until it knows whose each process is, and what knowing it costs in memory.</summary>
internal sealed class NodeStart(BenchOptions options)
{
    private const int Rounds = 3;
    private const double MostSeconds = 1.5;
    private const double MostMegabytes = 15;
    private const string NodeName = "node-a";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Title = string.Create(CultureInfo.InvariantCulture, $"{CrowdedNode.Containers} containers, {CrowdedNode.Processes:#,0} processes");

    public async Task RunAsync(BenchTable table)
    {
        await using CrowdedNode node = await CrowdedNode.StartAsync(options.Workload("sleeping_crowd")).ConfigureAwait(false);
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            best = Math.Min(best, await StartAgentAsync(node).ConfigureAwait(false));
        }

        table.Add($"agent start to all processes known, {Title}", best, "s", most: MostSeconds);
        await using ApiServerProcess server = await ServerOfAsync().ConfigureAwait(false);
        await AttributeAsync(table, node, server).ConfigureAwait(false);
    }

    /// <returns>Units: s, from the start of the program to its line that says so.</returns>
    private async Task<double> StartAgentAsync(CrowdedNode node)
    {
        using var directory = new ScratchDirectory();
        string[] arguments =
        [
            "run", "--data-dir", directory.Path, "--ops-address", "127.0.0.1:0", "--storage-address", "127.0.0.1:0", "--alerts-stdout", "false", "--host-root", node.HostRoot, "--kubeconfig", "none",
        ];
        var start = new ProcessStartInfo(options.AgentProgram, arguments) { RedirectStandardError = true };
        long began = Stopwatch.GetTimestamp();
        Process agent = ToolProcess.Start(start);
        double seconds = 0;
        while (seconds == 0)
        {
            string line = await agent.StandardError.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("the agent ended at its start");
            if (line.Contains(" processes in ", StringComparison.Ordinal))
            {
                seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            }
        }

        Task rest = agent.StandardError.ReadToEndAsync();
        await ToolProcess.StopAsync(agent).ConfigureAwait(false);
        await rest.ConfigureAwait(false);
        return seconds;
    }

    private static async Task AttributeAsync(BenchTable table, CrowdedNode node, ApiServerProcess server)
    {
        KernelEventSource probes = WatchedNode.OpenProbes();
        var notes = new SnapshotNotes();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long began = Stopwatch.GetTimestamp();
        await using ClusterWatch cluster = ClusterWatch.TryStart(
            new KubernetesSettings { Kubeconfig = server.Kubeconfig, WatchPeers = false }, NodeName, NullLoggerFactory.Instance, TimeProvider.System)!;
        var containers = new ContainerSettings { HostRoot = node.HostRoot };
        await using WatchedNode watched = WatchedNode.Start(probes, notes, containers, cluster.Pods);
        await Wait.UntilAsync(() => watched.IsReady, Patience, "the event loop").ConfigureAwait(false);
        double attributed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        int wrong = node.ContainerOf.Count(pair => !IsRight(notes.ContainerOf(pair.Key)?.Identity, pair.Value));
        table.Add("  processes of another container than their own, or of none", wrong + (CrowdedNode.Processes - node.ContainerOf.Count), "processes", most: 0);
        table.Add("  of that: cgroups and processes read", attributed, "s");

        ContainerInfo[] all = [.. node.ContainerOf.Keys.Select(pid => notes.ContainerOf(pid)!).Distinct()];
        await Wait.UntilAsync(
            () => all.All(c => IsComplete(c.Identity)), Patience, () => $"pod, workload and configuration of {all.First(c => !IsComplete(c.Identity)).Identity}").ConfigureAwait(false);
        table.Add("  until each container has its pod's name, labels, workload and configuration", Stopwatch.GetElapsedTime(began).TotalSeconds, "s");

        notes.Clear();
        all = [];
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        table.Add($"memory of all identity: {CrowdedNode.Pods} pods, {Title}, and the API client", megabytes, "MB", most: MostMegabytes);
    }

    private static bool IsRight(ContainerIdentity? identity, int container) =>
        identity is not null && identity.ContainerId == CrowdedNode.ContainerId(container) && identity.PodUid == CrowdedNode.PodUid(CrowdedNode.PodOf(container));

    private static bool IsComplete(ContainerIdentity identity) =>
        identity is { PodName.Length: > 0, PodLabels.Count: > 0, Workload.Kind: "Deployment", Configuration.Mounts.Count: > 0, ContainerName.Length: > 0 };

    private static async Task<ApiServerProcess> ServerOfAsync()
    {
        ApiServerProcess server = await ApiServerProcess.StartAsync().ConfigureAwait(false);
        for (int pod = 0; pod < CrowdedNode.Pods; pod++)
        {
            IEnumerable<string> ids = Enumerable.Range(0, CrowdedNode.Containers).Where(i => CrowdedNode.PodOf(i) == pod).Select(CrowdedNode.ContainerId);
            await server.PutAsync("/pods", ClusterObjects.Pod(pod, node: NodeName, containerIds: ids, uid: CrowdedNode.PodUid(pod))).ConfigureAwait(false);
            await server.PutAsync("apps/replicasets", ClusterObjects.ReplicaSet(pod / 10)).ConfigureAwait(false);
        }

        return server;
    }
}
