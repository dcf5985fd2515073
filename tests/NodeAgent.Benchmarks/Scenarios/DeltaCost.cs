// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Merging;
using NodeAgent.Storage;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>What it costs to tell a storage what is new in a large profile, on both sides.</summary>
internal sealed class DeltaCost(ScratchDirectory directory)
{
    private const int Rounds = 15;
    private const int Opens = 20_000;
    private const int Execs = 5_000;
    private const int Flows = 10_000;
    private const int News = 100;
    private const string Workload = "replicaset-web-77b4";

    public async Task RunAsync(BenchTable table)
    {
        ContainerProfileSpec whole = ProfileUnion.Of([Spec(0, Opens, Execs, Flows)], MergeRules.Default);
        if (whole is not { Opens.Count: Opens, Execs.Count: Execs, Egress.Count: Flows })
        {
            throw new InvalidOperationException($"{whole.Opens!.Count} opens, {whole.Execs!.Count} execs, {whole.Egress!.Count} flows");
        }

        ContainerProfileSpec[] news = [.. Enumerable.Range(1, Rounds).Select(round => Spec(round, News / 2, News / 5, News * 3 / 10))];
        string size = string.Create(CultureInfo.InvariantCulture, $"{Opens:N0} opens, {Execs:N0} execs, {Flows:N0} flows");
        int next = 0;
        table.Add($"union of a delta of {News} entries with {size}", Best(() => ProfileUnion.Add(whole, news[next++ % Rounds], MergeRules.Default), 20), "ms", most: 5);
        table.Add("the same made anew, as after an edit by hand", Best(() => ProfileUnion.Of([whole, news[0]], MergeRules.Default)), "ms");

        var series = new DeltaSeries("node", TimeProvider.System);
        Delta first = series.Next(Profile(whole), Workload, 1 << 20)!;
        series.Acknowledge(first);
        ContainerProfile grown = Profile(ProfileUnion.Add(whole, news[0], MergeRules.Default));
        table.Add("making a delta of it", Best(() => series.Next(grown, Workload, 1 << 20)!), "ms");
        double wholeBytes = Size(Enumerable.Range(0, first.Parts).Select(first.Chunk));
        double deltaBytes = Size([series.Next(grown, Workload, 1 << 20)!.Chunk(0)]);
        table.Add($"the whole, in {first.Parts} chunks", wholeBytes / 1e6, "MB");
        table.Add("the delta", deltaBytes / 1e3, "kB");
        table.Add("the delta, of the whole", 100 * deltaBytes / wholeBytes, "%");
        await StoreAsync(table, whole, news).ConfigureAwait(false);
    }

    // The whole way: TLS, JSON, union, three objects, fsync.
    private async Task StoreAsync(BenchTable table, ContainerProfileSpec whole, ContainerProfileSpec[] news)
    {
        string data = directory.File("delta-storage");
        var options = new StorageOptions { DataDirectory = data };
        await using StorageServer server = await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        using var connection = new StorageConnection { Server = server.Address, Token = server.Token, CertificateAuthorities = [X509CertificateLoader.LoadCertificate(server.CaCertificate.RawData)] };
        using var client = new StorageClient(connection);
        var series = new DeltaSeries("node", TimeProvider.System);
        await SendAsync(client, series, whole).ConfigureAwait(false);
        double best = double.PositiveInfinity;
        foreach (ContainerProfileSpec some in news.Take(5))
        {
            whole = ProfileUnion.Add(whole, some, MergeRules.Default);
            long start = Stopwatch.GetTimestamp();
            await SendAsync(client, series, whole).ConfigureAwait(false);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        table.Add("a delta of it, until the storage has it and the workload's profiles on disk", best, "ms");
    }

    private static async Task SendAsync(StorageClient client, DeltaSeries series, ContainerProfileSpec spec)
    {
        Delta delta = series.Next(Profile(spec), Workload, 1 << 20)!;
        for (int part = 0; part < delta.Parts; part++)
        {
            ContainerProfile chunk = delta.Chunk(part);
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(chunk, ApiJsonContext.Readable.ContainerProfile);
            await client.CreateAsync(new ApiObject(ContainerProfile.Plural, "shop", chunk.Metadata.Name!, json), CancellationToken.None).ConfigureAwait(false);
        }

        series.Acknowledge(delta);
    }

    // Often enough for what is compiled better the second time.
    private static double Best(Func<object> action, int times = 1)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < times * Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.KeepAlive(action());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    private static double Size(IEnumerable<ContainerProfile> chunks) =>
        chunks.Sum(chunk => (double)JsonSerializer.SerializeToUtf8Bytes(chunk, ApiJsonContext.Readable.ContainerProfile).Length);

    // No directory has more children than are kept apart.
    private static ContainerProfileSpec Spec(int round, int opens, int execs, int flows) => new()
    {
        Architectures = ["amd64"],
        Opens = [.. Enumerable.Range(0, opens).Select(i => new OpenCalls { Path = $"/srv/shard-{i % 20}/tenant-{i / 20 % 25}/{(round == 0 ? "data" : $"new{round}")}-{i / 500}.db", Flags = ["O_CLOEXEC", "O_RDONLY"] })],
        Execs = [.. Enumerable.Range(0, execs).Select(i => new ExecCalls { Path = $"/usr/bin/tool-{i % 50}", Args = [$"/usr/bin/tool-{i % 50}", "--round", $"{round}", $"{i}"] })],
        Egress = [.. Enumerable.Range(0, flows).Select(i => new NetworkNeighbor
        {
            Type = "external",
            IpAddress = $"203.{round}.{i >> 8}.{i & 0xff}",
            Dns = $"host-{round}-{i}.example.",
            DnsNames = [$"host-{round}-{i}.example."],
            Ports = [new NetworkPort { Name = "TCP-443", Protocol = "TCP", Port = 443 }],
        })],
    };

    private static ContainerProfile Profile(ContainerProfileSpec spec) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = Workload + "-nginx-1a2b-3c4d",
            Namespace = "shop",
            Annotations = new Dictionary<string, string> { [KubescapeAnnotations.Status] = ProfileStatus.Ready, [KubescapeAnnotations.Completion] = ProfileCompletion.Complete },
        },
        Spec = spec,
    };
}
