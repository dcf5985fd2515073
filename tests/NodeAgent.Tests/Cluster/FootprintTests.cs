// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Cluster;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events.Net;
using NodeAgent.Interop.Platform;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Tests.Cluster;

/// <summary>What the peers of a cluster of 5,000 pods and 1,000 services cost.</summary>
[Collection(MemoryCollection.Name)]
public sealed class FootprintTests(ITestOutputHelper output)
{
    private const int Pods = 5000;
    private const int Services = 1000;
    private const long MaxBytes = 30L << 20; // half of what is allowed: the client's buffers are not in it

    [Fact]
    public void Peers_OfALargeCluster_AreSmall()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var table = new PeerTable(new PeerTableOptions());
        var pods = new PodPeers(table);
        var services = new ServicePeers(table);
        for (int i = 0; i < Pods; i++)
        {
            pods.Put(Pod(i));
        }

        for (int i = 0; i < Services; i++)
        {
            services.Services.Put(Service(i));
            services.Slices.Put(Slice(i));
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB, {table.Places} places; a look-up takes {NsPerLookup(table):0} ns; a change of a pod, decoded from {Json(0).Length} bytes, {MicrosPerChange(pods):0} µs"));
        Assert.Equal(Pods + (2 * Services), table.Count);
        Assert.InRange(bytes, 0, MaxBytes);
        GC.KeepAlive(pods);
        GC.KeepAlive(services);
    }

    private static double NsPerLookup(PeerTable table)
    {
        const int rounds = 1_000_000;
        ulong now = BootClock.NowNs;
        long found = 0;
        var time = Stopwatch.StartNew();
        for (uint i = 0; i < rounds; i++)
        {
            // Pods and services in turn.
            var address = new NetAddress((i & 1) == 0 ? 0x0a010000u + (i % Pods) : 0x0a600000u + (i % Services), false);
            found += table.Find(address, 80, TransportProtocol.Tcp, now).Object is null ? 0 : 1;
        }

        Assert.Equal(rounds, found);
        return time.Elapsed.TotalNanoseconds / rounds;
    }

    private static double MicrosPerChange(PodPeers pods)
    {
        const int rounds = 2000;
        byte[][] texts = [.. Enumerable.Range(0, rounds).Select(Json)];
        var time = Stopwatch.StartNew();
        foreach (byte[] text in texts)
        {
            pods.Put(JsonSerializer.Deserialize(text, ApiResources.Pods.ItemType)!);
        }

        return time.Elapsed.TotalMicroseconds / rounds;
    }

    private static V1Pod Pod(int i) => JsonSerializer.Deserialize(Json(i), ApiResources.Pods.ItemType)!;

    private static byte[] Json(int i) => Encoding.UTF8.GetBytes($$$"""
        {"metadata":{"name":"workload-{{{i / 10}}}-7f9c6d5b8-{{{i:00000}}}","namespace":"team-{{{i % 50}}}","uid":"00000000-0000-4000-8000-{{{i:000000000000}}}","resourceVersion":"{{{i}}}",
        "labels":{"app":"workload-{{{i / 10}}}","app.kubernetes.io/name":"workload-{{{i / 10}}}","app.kubernetes.io/part-of":"product-{{{i % 20}}}","pod-template-hash":"7f9c6d5b8","team":"team-{{{i % 50}}}"},
        "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{{{new string('x', 2000)}}}"},"managedFields":[{"manager":"{{{new string('m', 2000)}}}"}]},
        "spec":{"nodeName":"node-{{{i % 100}}}","containers":[{"name":"main","image":"registry.example/workload:1.0","env":[{"name":"A","value":"{{{new string('v', 1000)}}}"}]}]},
        "status":{"phase":"Running","podIP":"10.1.{{{i / 256}}}.{{{i % 256}}}","podIPs":[{"ip":"10.1.{{{i / 256}}}.{{{i % 256}}}"},{"ip":"fd00:1::{{{i:x}}}"}],"containerStatuses":[{"name":"main","containerID":"containerd://{{{new string('a', 64)}}}"}]}}
        """);

    private static V1Service Service(int i) => new()
    {
        Metadata = new V1ObjectMeta { Name = $"service-{i}", Namespace = $"team-{i % 50}", Uid = $"service-{i}" },
        Spec = new V1ServiceSpec
        {
            ClusterIps = [$"10.96.{i / 256}.{i % 256}"],
            Selector = new Dictionary<string, string> { ["app"] = $"workload-{i}" },
            Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = new IntOrString("http") }],
        },
    };

    private static V1EndpointSlice Slice(int i) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = $"service-{i}-x",
            Namespace = $"team-{i % 50}",
            Uid = $"slice-{i}",
            Labels = new Dictionary<string, string> { [V1EndpointSlice.ServiceNameLabel] = $"service-{i}" },
        },
        AddressType = "IPv4",
        Endpoints = [.. Enumerable.Range(0, 5).Select(p => new V1Endpoint { Addresses = [$"10.1.0.{p}"], TargetRef = new V1ObjectReference { Kind = "Pod", Name = "x" } })],
        Ports = [new V1EndpointPort { Name = "http", Port = 8080 }],
    };
}
