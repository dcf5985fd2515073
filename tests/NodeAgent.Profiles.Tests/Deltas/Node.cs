// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Merging;
using NodeAgent.Profiles.Tests.Merging;

namespace NodeAgent.Profiles.Tests.Deltas;

/// <summary>An agent that learns one profile and tells a storage of it.</summary>
internal sealed class Node(string name, Random random, ManualClock clock)
{
    public const string Workload = "replicaset-web-77b4";
    public const string Profile = Workload + "-nginx-1a2b-3c4d";

    private DeltaSeries _series = new(name, clock);

    public ContainerProfileSpec Known { get; private set; } = ProfileUnion.Of([Specs.Random(random, 20)], Specs.Tight);

    public string Status { get; private set; } = ProfileStatus.Ready;

    public string? Reason { get; init; }

    /// <summary>When something was missed.</summary>
    public string? Window { get; set; }

    public DeltaSeries Series => _series;

    public void Learn()
    {
        Known = ProfileUnion.Add(Known, Specs.Random(random, 6), Specs.Tight);
        clock.Advance(TimeSpan.FromSeconds(random.Next(-2, 30)));
    }

    public void Complete() => Status = ProfileStatus.Completed;

    /// <summary>It forgets what it told, and knows what it learned.</summary>
    public void Restart()
    {
        clock.Advance(TimeSpan.FromSeconds(5));
        _series = new DeltaSeries(name, clock);
    }

    public Delta? Next(int limit) => _series.Next(Newest(), Workload, limit);

    public ContainerProfile Newest()
    {
        var annotations = new Dictionary<string, string>
        {
            [KubescapeAnnotations.Status] = Status,
            [KubescapeAnnotations.Completion] = Reason is null ? ProfileCompletion.Complete : ProfileCompletion.Partial,
            [KubescapeAnnotations.InstanceId] = "apiVersion-apps/v1/namespace-shop/kind-ReplicaSet/name-web-77b4/containerName-nginx",
            [KubescapeAnnotations.ContainerType] = "containers",
        };
        if (Reason is not null)
        {
            annotations[KubescapeAnnotations.PartialReason] = Reason;
        }

        if (Window is not null)
        {
            annotations[KubescapeAnnotations.PartialWindow] = Window;
        }

        return new ContainerProfile { Metadata = new ObjectMeta { Name = Profile, Namespace = "shop", Annotations = annotations }, Spec = Known };
    }
}

internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan span) => _now += span;
}

/// <summary>The storage: it takes a chunk, or says what is wrong with it.</summary>
internal sealed class Receiver
{
    public ContainerProfile? Stored { get; set; }

    public int Chunks { get; private set; }

    public ConsolidationResult Take(ContainerProfile chunk)
    {
        Assert.True(ProfileChunk.TryRead(chunk, out ChunkHeader? header, out ChunkProblem? problem), problem?.ToString());
        ConsolidationResult result = ProfileConsolidation.Apply(Stored, chunk, header, Specs.Tight);
        Stored = result.Profile;
        Chunks++;
        return result;
    }

    public string Annotation(string key) => Stored!.Metadata.Annotations!.GetValueOrDefault(key) ?? string.Empty;

    public (string Status, string Completion, string Reason) Says =>
        (Annotation(KubescapeAnnotations.Status), Annotation(KubescapeAnnotations.Completion), Annotation(KubescapeAnnotations.PartialReason));
}
