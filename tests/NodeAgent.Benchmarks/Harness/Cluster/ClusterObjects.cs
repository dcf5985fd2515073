// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Benchmarks.Harness.Cluster;

/// <summary>Objects of a large cluster, as large as real ones are with what nobody reads of them.</summary>
internal static class ClusterObjects
{
    public const int Nodes = 100;

    private const int PodsPerWorkload = 10;
    private const int Teams = 50;

    public static string NodeName(int i) => $"node-{i}";

    public static string Address(int i) => $"10.{1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}";

    public static string ServiceAddress(int i) => $"10.96.{i >> 8}.{i & 255}";

    public static string PodName(int place, int turn = 0) => $"workload-{place / PodsPerWorkload}-7f9c6d5b8-{place:x}{turn}";

    public static string PodNamespace(int place) => $"team-{place / PodsPerWorkload % Teams}";

    /// <param name="place">Which of the slots for pods: decides the node and the workload.</param>
    /// <param name="turn">How many pods had the slot before: a new one has another name, uid and address.</param>
    /// <param name="change">Shape: any number; another one is a change that says nothing new of the pod.</param>
    public static JsonObject Pod(int place, int turn = 0, int change = 0, string? node = null, IEnumerable<string>? containerIds = null, string? uid = null)
    {
        int workload = place / PodsPerWorkload;
        string statuses = string.Join(',', (containerIds ?? [new string('a', 64)]).Select((id, i) => Status(id, i, change)));
        string address = Address(place + (turn * 8192));
        return Parse($$$"""
            {"metadata":{"name":"{{{PodName(place, turn)}}}","namespace":"{{{PodNamespace(place)}}}","uid":"{{{uid ?? $"{place:x8}-{turn:x4}-4000-8000-000000000000"}}}",
             "creationTimestamp":"2026-01-01T00:00:00Z",
             "labels":{"app":"workload-{{{workload}}}","app.kubernetes.io/name":"workload-{{{workload}}}","app.kubernetes.io/part-of":"product-{{{workload % 20}}}","pod-template-hash":"7f9c6d5b8","team":"team-{{{workload % Teams}}}"},
             "annotations":{"prometheus.io/scrape":"true","vendor.example/configuration":"{{{new string('x', 1200)}}}"},
             "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"workload-{{{workload}}}-7f9c6d5b8","uid":"rs-{{{workload}}}","controller":true}],
             "managedFields":[{"manager":"{{{new string('m', 1500)}}}"}]},
             "spec":{"nodeName":"{{{node ?? NodeName(place % Nodes)}}}","serviceAccountName":"default","containers":[{"name":"main","image":"registry.example/workload:1.0","command":["/bin/serve"],"args":["--port","8080"],"env":[{"name":"A","value":"{{{new string('v', 600)}}}"}]}]},
             "status":{"phase":"Running","podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"},{"ip":"fd00:1::{{{turn:x}}}:{{{place:x}}}"}],"containerStatuses":[{{{statuses}}}]}}
            """);
    }

    public static JsonObject ReplicaSet(int workload) => Parse($$$"""
        {"metadata":{"name":"workload-{{{workload}}}-7f9c6d5b8","namespace":"team-{{{workload % Teams}}}","uid":"rs-{{{workload}}}",
         "ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"workload-{{{workload}}}","uid":"d-{{{workload}}}","controller":true}]}}
        """);

    public static JsonObject Service(int i) => Parse($$$"""
        {"metadata":{"name":"service-{{{i}}}","namespace":"team-{{{i % Teams}}}","uid":"service-{{{i}}}","managedFields":[{"manager":"{{{new string('m', 600)}}}"}]},
         "spec":{"clusterIP":"{{{ServiceAddress(i)}}}","clusterIPs":["{{{ServiceAddress(i)}}}"],"selector":{"app":"workload-{{{i}}}"},"ports":[{"name":"http","port":80,"protocol":"TCP","targetPort":"http"},{"name":"metrics","port":9090,"protocol":"TCP","targetPort":9090}]}}
        """);

    public static JsonObject Slice(int i)
    {
        string endpoints = string.Join(',', Enumerable.Range(0, 5).Select(p =>
            $$$"""{"addresses":["{{{Address((i * 5) + p)}}}"],"conditions":{"ready":true},"nodeName":"{{{NodeName(p)}}}","targetRef":{"kind":"Pod","name":"workload-{{{i}}}-{{{p}}}","uid":"x"}}"""));
        return Parse($$$"""
            {"metadata":{"name":"service-{{{i}}}-x","namespace":"team-{{{i % Teams}}}","uid":"slice-{{{i}}}","labels":{"kubernetes.io/service-name":"service-{{{i}}}"}},
             "addressType":"IPv4","endpoints":[{{{endpoints}}}],"ports":[{"name":"http","port":8080,"protocol":"TCP"},{"name":"metrics","port":9090,"protocol":"TCP"}]}
            """);
    }

    public static JsonObject Node(int i) => Parse($$$"""
        {"metadata":{"name":"{{{NodeName(i)}}}","uid":"node-{{{i}}}"},"status":{"addresses":[{"type":"InternalIP","address":"192.168.{{{i >> 8}}}.{{{1 + (i & 255)}}}"},{"type":"Hostname","address":"{{{NodeName(i)}}}"}],
         "daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},"images":[{"names":["{{{new string('i', 4000)}}}"]}]}}
        """);

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static string Status(string id, int i, int change) => $$$"""
        {"name":"{{{(i == 0 ? "main" : $"side-{i}")}}}","containerID":"containerd://{{{id}}}","image":"registry.example/workload:1.0","imageID":"registry.example/workload@sha256:{{{new string('f', 64)}}}","restartCount":{{{change}}}}
        """;
}
