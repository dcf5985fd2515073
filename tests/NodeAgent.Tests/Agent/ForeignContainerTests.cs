// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Containerd;
using NodeAgent.TestSupport.Runc;

namespace NodeAgent.Tests.Agent;

/// <summary>Containers that no kubelet made: nested ones, those of user namespaces, those of users. All of the real runc.</summary>
[Trait("Level", "Integration")]
public sealed class ForeignContainerTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    private const string Sleep = "/bin/sleep 1000000";

    [Fact]
    public async Task Nested_ContainerThatRunsInAPodsContainer_IsOfThePodAndNoSession()
    {
        Require();
        await using var inner = new RuncContainer();
        string uid = $"{Guid.NewGuid()}";
        rig.PutPodOfDeployment(uid, "builder", "'containers':[{'name':'dind'}]");
        string pod = await rig.Containerd.RunPodAsync(new TestPod("shop", "builder-1-x", uid) { Privileged = true });

        // As Docker in Docker does it: the engine inside makes a cgroup below the one it is in, and starts a container there.
        var outer = new TestContainer("dind", "/bin/sh", "-c", $"{inner.InnerRunc(IdentityRig.Suspicious)}; {Sleep}") { Mounts = inner.InnerMounts };
        string outerId = await rig.Containerd.RunContainerAsync(pod, outer);

        Who who = Who.Of(await rig.AlertAsync(inner.Id, found => found.Workload == "Deployment/builder"));
        Assert.Equal((inner.Id[..12], "shop/builder-1-x", uid, IdentityRig.Node), (who.Container, who.Pod, who.PodUid, who.Node));
        JsonNode alert = await rig.AlertAsync(inner.Id, _ => true);
        Assert.DoesNotContain("\"session\"", alert.ToJsonString(), StringComparison.Ordinal);
        Assert.NotEqual(outerId, inner.Id);
    }

    [Fact]
    public async Task Nested_PodOfANodeThatIsAContainer_IsItsOwnPod()
    {
        Require();
        await using var container = new RuncContainer();
        string uid = $"{Guid.NewGuid()}", node = $"{Guid.NewGuid():N}{Guid.NewGuid():N}";
        rig.Put("/pods", $$$"""
            {'metadata':{'name':'coredns-0','namespace':'kube-system','uid':'{{{uid}}}'},'spec':{'nodeName':'{{{IdentityRig.Node}}}'},
             'status':{'containerStatuses':[{'name':'coredns','containerID':'containerd://{{{container.Id}}}','image':'dns:1','imageID':'dns@sha256:abc'}]}}
            """);
        await container.RunAsync($"{container.CgroupParent}/docker/{node}/kubelet.slice/kubelet/kubepods/burstable/pod{uid}/{container.Id}", null, IdentityRig.Suspicious);

        Who who = await rig.WhoAsync(container.Id, "Pod/coredns-0");
        Assert.Equal(("coredns", "kube-system/coredns-0", uid, "dns:1"), (who.Container, who.Pod, who.PodUid, who.Image));
    }

    [Fact]
    public async Task UserNamespace_OfAPodsContainer_ChangesNothingOfItsName()
    {
        Require();
        await using var container = new RuncContainer();
        string uid = $"{Guid.NewGuid()}";
        rig.PutPodOfDeployment(uid, "mapped", "'hostUsers':false,'containers':[{'name':'main'}]", $"'containerStatuses':[{{'name':'main','containerID':'containerd://{container.Id}','image':'mapped:1'}}]");
        await container.RunAsync($"{container.CgroupParent}/kubepods/burstable/pod{uid}/{container.Id}", 200_000, IdentityRig.Suspicious);

        JsonNode alert = await rig.AlertAsync(container.Id, who => who.Workload == "Deployment/mapped" && who.Container == "main");
        Assert.Equal(new Who("main", "shop/mapped-1-x", uid, "Deployment/mapped", "mapped:1", IdentityRig.Node, false), Who.Of(alert));
        Assert.Contains("\"uid\":200000", alert.ToJsonString(), StringComparison.Ordinal); // as the node sees it
    }

    [Fact]
    public async Task Rootless_ContainerOfAUser_IsAContainerOfNoPod()
    {
        Require();
        await using var container = new RuncContainer();
        await container.RunRootlessAsync(
            1500, $"{container.CgroupParent}/user.slice/user-1500.slice/user@1500.service/user.slice/libpod-{container.Id}.scope/container", IdentityRig.Suspicious);

        JsonNode alert = await rig.AlertAsync(container.Id, _ => true);
        Assert.Equal(
            new Who(container.Id[..12], "/", string.Empty, $"Container/{container.Id[..12]}", string.Empty, IdentityRig.Node, false), Who.Of(alert));
        Assert.Contains("\"uid\":1500", alert.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rootless_CgroupCalledAfterAPodsContainer_DoesNotGetItsName()
    {
        Require();
        await using var container = new RuncContainer();
        string pod = await rig.Containerd.RunPodAsync("shop", "victim", $"{Guid.NewGuid()}");
        string victim = await rig.Containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);
        Assert.Equal("main", (await rig.WhoAsync(victim, "Pod/victim")).Container);

        // Another program than the victim's, so that it is told apart.
        await container.RunRootlessAsync(
            1500, $"{container.CgroupParent}/user.slice/user-1500.slice/user@1500.service/cri-containerd-{victim}.scope", "cd /dev/shm; /bin/cat /etc/passwd; true");
        await rig.Containerd.ExecAsync(victim, "later", "/bin/sh", "-c", "cd /dev/shm; /bin/sleep 0");
        await Eventually.TrueAsync(() => rig.Agent.Output.Any(line => line.Contains("/bin/sleep 0", StringComparison.Ordinal)), "the victim's later alert, completed");

        string[] forged = [.. rig.Agent.Output.Where(line => line.Contains("/bin/cat /etc/passwd", StringComparison.Ordinal))];
        Assert.NotEmpty(forged);
        Assert.All(forged, line => Assert.Equal("/", Who.Of(JsonNode.Parse(line)!["spec"]!).Pod));
    }

    private void Require()
    {
        rig.Require();
        Assert.SkipWhen(RuncContainer.Missing is not null, RuncContainer.Missing ?? string.Empty);
    }
}
