// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests.Containers;

/// <summary>Containers that run inside a pod's container, and the pods that are given to them.</summary>
public sealed class NestedIdentityTests
{
    private const ulong S = Stages.Second;
    private const string Uid = "0c9f4a52-8f6d-4a0e-9a7b-5d1f2c3b4a59";
    private static readonly string Outer = new('a', 64);
    private static readonly string Inner = new('b', 64);
    private static readonly string Innermost = new('c', 64);

    [Fact]
    public void Mkdir_ContainerInsideAPodsContainer_IsOfThePodUnderItsOwnId()
    {
        var pods = new PodDirectory(8, TimeSpan.Zero, TimeProvider.System);
        EnrichmentStage stage = Stages.New(pods: pods);
        ContainerInfo outer = stage.Cgroup(EventKind.CgroupMkdir, S, 100, $"/kubepods/pod{Uid}/{Outer}");
        ContainerInfo inner = stage.Cgroup(EventKind.CgroupMkdir, S, 101, $"/kubepods/pod{Uid}/{Outer}/docker/{Inner}");
        Assert.Equal((Uid, Inner, Inner[..12]), (inner.Identity.PodUid, inner.Identity.ContainerId, inner.Identity.ContainerName));

        pods.Put(Pod());
        stage.OnTick(2 * S);
        ContainerInfo later = stage.Cgroup(EventKind.CgroupMkdir, 3 * S, 102, $"/kubepods/pod{Uid}/{Outer}/docker/{Inner}/docker/{Innermost}");

        Assert.All([outer, inner, later], container => Assert.Equal(("ci-0", "build", "ci", "runner"), Names(container)));
        Assert.Equal([Outer, Inner, Innermost], new[] { outer, inner, later }.Select(container => container.Identity.ContainerId));
        Assert.Equal(("docker", PodContainerKind.Container), (inner.Identity.Runtime, inner.Identity.ContainerKind));
        Assert.True(later.IsInside(outer));
    }

    [Fact]
    public async Task Metadata_OfTheOuterOne_ReachesThoseInsideAndStaysWhenTheyAreFound()
    {
        var tree = new FakeCgroupTree();
        ContainerLookup lookup = Stages.Lookup(tree, new RuntimeOf(Outer), new PlainSource(Inner));
        using var stop = new CancellationTokenSource();
        EnrichmentStage stage = Stages.New(tree, lookup);
        ContainerInfo inner = stage.Cgroup(EventKind.CgroupMkdir, S, 101, $"/kubepods/pod{Uid}/{Outer}/docker/{Inner}");
        Assert.Null(inner.Parent); // its cgroup came without the one above, as after a loss
        tree.Ids[$"/kubepods/pod{Uid}/{Outer}"] = 100;
        ContainerInfo other = stage.Cgroup(EventKind.CgroupMkdir, S, 102, $"/kubepods/pod{Uid}/{Outer}/docker/{Innermost}");

        Task running = lookup.RunAsync(stop.Token);
        await Stages.TickUntil(stage, 2 * S, () => other.Identity.PodName.Length != 0 && inner.Identity.ContainerName == "plain");
        await stop.CancelAsync();
        await running;

        Assert.Equal(("ci-0", "build", "Pod", "ci-0"), (other.Identity.PodName, other.Identity.PodNamespace, other.Identity.Workload.Kind, other.Identity.Workload.Name));
        Assert.Equal(string.Empty, inner.Identity.PodName);
    }

    [Fact]
    public void Mkdir_NodeThatIsAContainer_ItsPodsKeepTheirOwnNames()
    {
        const string innerUid = "99999999-8f6d-4a0e-9a7b-5d1f2c3b4a59";
        var pods = new PodDirectory(8, TimeSpan.Zero, TimeProvider.System);
        pods.Put(Pod());
        EnrichmentStage stage = Stages.New(pods: pods);
        ContainerInfo node = stage.Cgroup(EventKind.CgroupMkdir, S, 100, $"/kubepods/pod{Uid}/{Outer}");
        ContainerInfo inner = stage.Cgroup(EventKind.CgroupMkdir, S, 101, $"/kubepods/pod{Uid}/{Outer}/kubelet/kubepods/pod{innerUid}/{Inner}");

        Assert.Same(node, inner.Parent);
        Assert.Equal((innerUid, string.Empty), (inner.Identity.PodUid, inner.Identity.PodName));
    }

    [Fact]
    public void Pod_KindOfAContainer_IsTheSpecsUntilTheStatusHasItsId()
    {
        var known = new ContainerIdentity { Kind = UnitKind.Container, ContainerId = Outer, ContainerName = "prepare", PodUid = Uid, Source = IdentitySource.Runtime };
        PodRecord pod = Pod() with { Kinds = new Dictionary<string, PodContainerKind> { ["prepare"] = PodContainerKind.InitContainer, ["debugger-1"] = PodContainerKind.EphemeralContainer } };

        Assert.Equal(PodContainerKind.InitContainer, PodIdentity.Complete(known, pod).ContainerKind);
        Assert.Equal(PodContainerKind.EphemeralContainer, PodIdentity.Complete(known with { ContainerName = "debugger-1" }, pod).ContainerKind);
        Assert.Equal(PodContainerKind.Container, PodIdentity.Complete(known with { ContainerName = "main" }, pod).ContainerKind);
    }

    [Fact]
    public void Pod_OfTheKubeletsFile_HasTheUidThatTheApiServerGave()
    {
        const string hash = "d41d8cd98f00b204e9800998ecf8427e";
        var pods = new PodDirectory(8, TimeSpan.Zero, TimeProvider.System);
        EnrichmentStage stage = Stages.New(pods: pods);
        ContainerInfo container = stage.Cgroup(EventKind.CgroupMkdir, S, 100, $"/kubepods/pod{hash}/{Outer}");
        Assert.Equal(hash, container.Identity.PodUid);

        pods.Put(Pod() with { ConfigHash = hash });
        stage.OnTick(2 * S);
        Assert.Equal((Uid, "ci-0"), (container.Identity.PodUid, container.Identity.PodName));

        pods.Put(Pod() with { ConfigHash = hash, ServiceAccount = "later" });
        stage.OnTick(3 * S);
        Assert.Equal("later", container.Identity.ServiceAccount);
    }

    [Fact]
    public void Pod_ThatTheRuntimeCallsOtherwise_IsNotBelieved()
    {
        var known = new ContainerIdentity { Kind = UnitKind.Container, ContainerId = Outer, PodUid = Uid, PodName = "etcd-node-a", PodNamespace = "kube-system", Source = IdentitySource.Runtime };

        Assert.Same(known, PodIdentity.Complete(known, Pod()));
    }

    private static (string Pod, string Namespace, string Workload, string Account) Names(ContainerInfo container) =>
        (container.Identity.PodName, container.Identity.PodNamespace, container.Identity.Workload.Name, container.Identity.ServiceAccount);

    private static PodRecord Pod() => new()
    {
        Uid = Uid,
        Namespace = "build",
        Name = "ci-0",
        ServiceAccount = "runner",
        Workload = new WorkloadIdentity("apps/v1", "StatefulSet", "build", "ci"),
        Owner = new WorkloadIdentity("apps/v1", "StatefulSet", "build", "ci"),
    };

    /// <summary>Knows one container, and its pod.</summary>
    private sealed class RuntimeOf(string id) : IContainerMetadataSource
    {
        public IdentitySource Gives => IdentitySource.Runtime;

        public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation) => ValueTask.FromResult(
            query.Known.ContainerId != id ? null : query.Known with { PodName = "ci-0", PodNamespace = "build", Workload = new WorkloadIdentity("v1", "Pod", "build", "ci-0") });
    }

    /// <summary>Knows one container that is in no pod.</summary>
    private sealed class PlainSource(string id) : IContainerMetadataSource
    {
        public IdentitySource Gives => IdentitySource.Files;

        public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation) =>
            ValueTask.FromResult(query.Known.ContainerId != id ? null : query.Known with { ContainerName = "plain" });
    }
}
