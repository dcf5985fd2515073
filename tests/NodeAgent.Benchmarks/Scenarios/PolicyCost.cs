// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.NetworkPolicy;
using NodeAgent.NetworkPolicy.Evaluation;
using NodeAgent.NetworkPolicy.Outputs;
using NodeAgent.Policies;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>What a policy costs: to be generated of many neighbours, and to be asked about many flows, as <c>policy check</c> does, from the file on.</summary>
internal sealed class PolicyCost(ScratchDirectory directory)
{
    private const int Rounds = 7;
    private const int Neighbors = 10_000;
    private const int Flows = 1_000_000;
    private const int Workloads = 50;

    public async Task RunAsync(BenchTable table)
    {
        await CountAsync(table).ConfigureAwait(false);
        NetworkNeighborhood many = Neighborhood("w0", Neighbors);
        table.Add($"policy of {Neighbors:N0} neighbours", Best(() => NetworkPolicyGenerator.Generate(many, [], TimeProvider.System)), "ms", most: 50);
        table.Add("the same for Cilium", Best(() => PolicyDocument.Write(PolicyKind.Cilium, many, [])), "ms");
        string file = WriteHistory();
        table.Add($"history of {Flows:N0} flows", new FileInfo(file).Length / 1e6, "MB");

        // All of what was seen, but for the flows of one port.
        PolicySet policies = PolicySet.Compile([.. Enumerable.Range(0, Workloads).Select(i =>
            NetworkPolicyGenerator.Generate(Neighborhood($"w{i}", Neighbors), [], TimeProvider.System).Spec!)]);
        double best = double.PositiveInfinity;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            PolicyReplay replay = PolicyReplay.Run(policies, new RecordedFlows(FlowHistoryFile.Read(file).History).All());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (replay.Flows != Flows || replay.Allowed == 0 || replay.Denied.Count == 0 || replay.NotSelected > 0)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{replay.Flows} flows: {replay.Allowed} allowed, {replay.Denied.Count} denied"));
            }
        }

        table.Add($"policy check over {Flows:N0} flows, {Workloads} policies", best, "s", most: 2);
    }

    // What the event loop pays for each event of a connection that it has seen before.
    private static async Task CountAsync(BenchTable table)
    {
        const int Known = 5_000;
        var container = new ContainerInfo(7, "/kubepods/web") { FirstSeenNs = 1, Identity = new ContainerIdentity { Kind = UnitKind.Cgroup } };
        var subject = new EventSubject { Container = container };
        await using var recorder = new FlowRecorder(new FlowHistoryOptions(), new ProfileOptions(), new NoNames(), TimeProvider.System, NullLogger<FlowRecorder>.Instance);
        var record = new TcpRecord { Header = new HeaderRecord { Kind = EventKind.TcpConnect, TimeNs = 1, Pid = 1 }, Family = 2, Direction = Events.Wire.FlowDirection.Outbound };
        double best = double.PositiveInfinity;
        long bytes = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Flows; i++)
            {
                record.RemoteAddress[0] = 10;
                record.RemoteAddress[3] = (byte)(i % 251);
                record.RemotePort = (ushort)(1 + (i % Known / 251));
                recorder.OnTcp(new TcpEvent(in record), subject);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Flows);
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        table.Add("counting a flow that is known, per event", best, "ns", most: 100);
        table.Add("counting a flow that is known, allocated", bytes / Flows, "B", most: 0);
    }

    private static double Best(Func<object> action)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.KeepAlive(action());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    // A third each: addresses, pods, and pods of other namespaces.
    private static NetworkNeighborhood Neighborhood(string workload, int neighbors) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = workload,
            Namespace = "shop",
            Labels = new Dictionary<string, string> { [KubescapeLabels.Kind] = "Deployment", [KubescapeLabels.Name] = workload },
            Annotations = new Dictionary<string, string> { [KubescapeAnnotations.Status] = ProfileStatus.Completed },
        },
        Spec = new NetworkNeighborhoodSpec
        {
            MatchLabels = new Dictionary<string, string> { ["app"] = workload },
            Containers = [new NetworkNeighborhoodContainer { Name = "main", Egress = [.. Enumerable.Range(0, neighbors).Select(Neighbor)] }],
        },
    };

    private static NetworkNeighbor Neighbor(int number)
    {
        IReadOnlyList<NetworkPort> ports = [new NetworkPort { Protocol = "TCP", Port = 8000 + (number % 7) }, new NetworkPort { Protocol = "TCP", Port = 443 }];
        return number % 3 == 0
            ? new NetworkNeighbor { Type = "external", IpAddress = AddressOf(number), Dns = $"host-{number}.example.", Ports = ports }
            : new NetworkNeighbor
            {
                Type = "internal",
                PodSelector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = $"app-{number}", ["tier"] = "back" } },
                NamespaceSelector = number % 3 == 1 ? null : new LabelSelector { MatchLabels = new Dictionary<string, string> { [KubernetesLabels.NamespaceName] = $"space-{number % 40}" } },
                Ports = ports,
            };
    }

    private static string AddressOf(int number) => $"203.{number >> 16 & 0xff}.{number >> 8 & 0xff}.{number & 0xff}";

    private string WriteHistory()
    {
        var history = new FlowHistory();
        for (int i = 0; i < Flows; i++)
        {
            int number = i / Workloads / 2;
            FlowWorkload workload = history.Workload("shop", $"deployment-w{i % Workloads}", [new("app", $"w{i % Workloads}")], isOnHostNetwork: false);
            NetAddress address = NetAddress.TryParse(AddressOf(number), out NetAddress parsed) ? parsed : throw new InvalidOperationException(AddressOf(number));
            FlowPeer peer = number % 3 == 0 ? FlowPeer.Of(address)
                : FlowPeer.Of(new PeerSelector(number % 3 == 1 ? "shop" : $"space-{number % 40}", [new("app", $"app-{number}"), new("tier", "back")]));
            int port = i / Workloads % 2 == 0 ? 443 : number % 100 == 99 ? 22 : 8000 + (number % 7);
            history.Add(new FlowId(workload, peer, (ushort)port, TransportProtocol.Tcp, Egress: true), new FlowTotal(3, 1767225600, 1767225600 + i, peer.Address, null));
        }

        string file = directory.Write("flows.history", string.Empty);
        using FileStream stream = File.Create(file);
        stream.Write(FlowFrames.FileHeader());
        foreach (byte[] frame in FlowFrames.Write(history.Flows, default))
        {
            stream.Write(frame);
        }

        return file;
    }

    private sealed class NoNames : INameLookup
    {
        public bool TryGetName(ContainerInfo container, NetAddress address, [NotNullWhen(true)] out string? name)
        {
            name = null;
            return false;
        }
    }
}
