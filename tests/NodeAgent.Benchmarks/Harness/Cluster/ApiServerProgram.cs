// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Benchmarks.Harness.Cluster;

/// <summary>The API server double in a process of its own, so that what it costs is not the agent's. Commands come on its input, an answer to each on its output.</summary>
internal static class ApiServerProgram
{
    public const string Flag = "--api-server";

    public static async Task<int> RunAsync()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        Console.WriteLine(server.Address);
        Console.WriteLine(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(server.Authority.Pem)));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            string[] words = line.Split(' ');
            switch (words)
            {
                case ["cluster", var pods, var services]:
                    Fill(server.Store, int.Parse(pods, CultureInfo.InvariantCulture), int.Parse(services, CultureInfo.InvariantCulture));
                    break;
                case ["put", var resource, var base64]:
                    server.Store.Put(resource, JsonNode.Parse(Convert.FromBase64String(base64))!.AsObject());
                    break;
                case ["change", var pods, var rate, var seconds]:
                    await ChangeAsync(server.Store, int.Parse(pods, CultureInfo.InvariantCulture), int.Parse(rate, CultureInfo.InvariantCulture), int.Parse(seconds, CultureInfo.InvariantCulture));
                    break;
                default:
                    throw new FormatException(line);
            }

            Console.WriteLine("done");
        }

        return 0;
    }

    private static void Fill(DoubleStore store, int pods, int services)
    {
        for (int i = 0; i < ClusterObjects.Nodes; i++)
        {
            store.Put("/nodes", ClusterObjects.Node(i));
        }

        for (int i = 0; i < pods; i++)
        {
            store.Put("/pods", ClusterObjects.Pod(i));
        }

        for (int i = 0; i < pods / 10; i++)
        {
            store.Put("apps/replicasets", ClusterObjects.ReplicaSet(i));
        }

        for (int i = 0; i < services; i++)
        {
            store.Put("/services", ClusterObjects.Service(i));
            store.Put("discovery.k8s.io/endpointslices", ClusterObjects.Slice(i));
        }

        // Nobody has watched yet: who lists afterwards need not be told how it came.
        store.Compact();
    }

    /// <summary>As pods come and go: of ten changes one takes a pod away, one brings another in its place, and eight are of their states.</summary>
    private static async Task ChangeAsync(DoubleStore store, int pods, int rate, int seconds)
    {
        int[] turns = new int[pods];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
        for (int change = 0; change < rate * seconds && await timer.WaitForNextTickAsync(); change++)
        {
            int place = change / 10 * 7 % pods;
            if (change % 10 == 0)
            {
                JsonObject gone = ClusterObjects.Pod(place, turns[place]++);
                store.Delete("/pods", (string?)gone["metadata"]!["namespace"], (string)gone["metadata"]!["name"]!);
            }
            else
            {
                store.Put("/pods", ClusterObjects.Pod(place, turns[place], change % 10));
            }
        }
    }
}
