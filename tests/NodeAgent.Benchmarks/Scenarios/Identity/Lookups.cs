// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Harness.Cluster;
using NodeAgent.Cluster;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Net;
using NodeAgent.Interop.Platform;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Benchmarks.Scenarios.Identity;

/// <summary>What it costs to learn from an event's numbers whose it is: cgroup id to container, pod uid to pod, address to peer.</summary>
internal static class Lookups
{
    private const int Pods = 5000;
    private const int Services = 1000;
    private const int Count = 2_000_000;
    private const int Rounds = 5;
    private const double MostNs = 100;

    // A multiplicative step through all: the next look-up is not in the line of the last one.
    private const uint Step = 2_654_435_761;

    public static void Run(BenchTable table)
    {
        Containers(table);
        Peers(table);
    }

    private static void Containers(BenchTable table)
    {
        var pods = new PodDirectory(CrowdedNode.Pods, TimeSpan.FromMinutes(5), TimeProvider.System);
        for (int i = 0; i < CrowdedNode.Pods; i++)
        {
            pods.Put(new PodRecord { Uid = CrowdedNode.PodUid(i), Namespace = "team", Name = $"pod-{i}" });
        }

        var containers = new ContainerTable(new ContainerTableOptions(), new ContainersOnly(), null, "node-a", pods);
        containers.LoadExisting(1);
        Measure(table, string.Create(CultureInfo.InvariantCulture, $"cgroup id → container and pod, of {CrowdedNode.Containers}"), i =>
            containers.Resolve(ContainersOnly.FirstId + (i * Step % CrowdedNode.Containers), 0, 1).Identity.PodName.Length != 0);
        string[] uids = [.. Enumerable.Range(0, CrowdedNode.Pods).Select(CrowdedNode.PodUid)];
        Measure(table, $"pod uid → pod, of {CrowdedNode.Pods}", i => pods.TryFind(uids[i * Step % CrowdedNode.Pods], out _));
    }

    private static void Peers(BenchTable table)
    {
        var peers = new PeerTable(new PeerTableOptions());
        var pods = new PodPeers(peers);
        var services = new ServicePeers(peers);
        for (int i = 0; i < Pods; i++)
        {
            pods.Put(Read(ClusterObjects.Pod(i), ApiResources.Pods.ItemType));
        }

        for (int i = 0; i < Services; i++)
        {
            services.Services.Put(Read(ClusterObjects.Service(i), ApiResources.Services.ItemType));
            services.Slices.Put(Read(ClusterObjects.Slice(i), ApiResources.EndpointSlices.ItemType));
        }

        ulong now = BootClock.NowNs;
        NetAddress[] ofPods = Addresses(Pods, ClusterObjects.Address);
        NetAddress[] ofServices = Addresses(Services, ClusterObjects.ServiceAddress);
        NetAddress[] ofNobody = Addresses(Pods, static i => $"93.184.{i >> 8}.{i & 255}");
        Measure(table, string.Create(CultureInfo.InvariantCulture, $"address → peer, of {Pods:#,0} pods"), i => peers.Find(ofPods[i * Step % Pods], 8080, TransportProtocol.Tcp, now).Kind == PeerKind.Pod);
        Measure(table, string.Create(CultureInfo.InvariantCulture, $"address → peer, of {Services:#,0} services"), i => peers.Find(ofServices[i * Step % Services], 80, TransportProtocol.Tcp, now).Kind == PeerKind.Service);
        Measure(table, "address → peer, of nobody", i => peers.Find(ofNobody[i * Step % Pods], 443, TransportProtocol.Tcp, now).Kind == PeerKind.Public);
    }

    private static void Measure(BenchTable table, string what, Func<uint, bool> lookup)
    {
        double best = double.PositiveInfinity;
        double bytes = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            long found = 0;
            for (uint i = 0; i < Count; i++)
            {
                found += lookup(i) ? 1 : 0;
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Count);
            bytes = Math.Min(bytes, Math.Round((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Count, 1));
            if (found != Count)
            {
                throw new InvalidOperationException($"{what}: {Count - found} look-ups went wrong");
            }
        }

        table.Add($"look-up, {what}", best, "ns", most: MostNs);
        table.Add("  allocated", bytes, "B", most: 0);
    }

    private static NetAddress[] Addresses(int count, Func<int, string> text) =>
        [.. Enumerable.Range(0, count).Select(i => NetAddress.TryParse(text(i), out NetAddress address) ? address : throw new FormatException(text(i)))];

    private static T Read<T>(JsonObject json, JsonTypeInfo<T> type) => json.Deserialize(type)!;

    /// <summary>A tree with nothing but the containers of a full node.</summary>
    private sealed class ContainersOnly : ICgroupTree
    {
        public const ulong FirstId = 1000;

        public bool TryGetId(string path, out ulong cgroupId)
        {
            cgroupId = path == "/" ? CgroupTree.RootId : 0;
            return cgroupId != 0;
        }

        public string? PathOf(uint pid) => null;

        public IEnumerable<CgroupDirectory> Walk(int limit) => Enumerable.Range(0, CrowdedNode.Containers)
            .Select(i => new CgroupDirectory($"/kubepods/burstable/pod{CrowdedNode.PodUid(CrowdedNode.PodOf(i))}/{CrowdedNode.ContainerId(i)}", FirstId + (ulong)i));
    }
}
