// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.Tests.Agent;

/// <summary>Every kind of container that a pod can have, on a real containerd: who did it stands in the alert and in the profile.</summary>
[Trait("Level", "Integration")]
public sealed class PodContainerTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    private const string Sleep = "/bin/sleep 1000000";

    [Fact]
    public async Task InitContainer_BeforeItsStatusIsTold_IsOneByTheSpec()
    {
        rig.Require();
        string uid = $"{Guid.NewGuid()}";
        rig.PutPodOfDeployment(uid, "prepared", "'hostNetwork':true,'initContainers':[{'name':'prepare'}],'containers':[{'name':'main'}]");
        string pod = await rig.Containerd.RunPodAsync("shop", "prepared-1-x", uid);
        string id = await rig.Containerd.RunContainerAsync(pod, "prepare", "/bin/sh", "-c", IdentityRig.Suspicious + "/bin/true was-here");

        Assert.Equal(
            new Who("prepare", "shop/prepared-1-x", uid, "Deployment/prepared", BusyboxImage.Name, IdentityRig.Node, true), await rig.WhoAsync(id, "Deployment/prepared"));
        JsonElement profile = await ProfileAsync("prepared", "initContainerName-prepare");
        Assert.Equal("apiVersion-apps/v1/namespace-shop/kind-ReplicaSet/name-prepared-1/initContainerName-prepare", Annotation(profile, "instance-id"));
        Assert.Contains("was-here", profile.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EphemeralContainer_AddedToARunningPod_IsOne()
    {
        rig.Require();
        string uid = $"{Guid.NewGuid()}";
        rig.PutPodOfDeployment(uid, "debugged", "'containers':[{'name':'main'}]");
        string pod = await rig.Containerd.RunPodAsync("shop", "debugged-1-x", uid);
        string main = await rig.Containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);
        rig.PutPodOfDeployment(uid, "debugged", "'containers':[{'name':'main'}],'ephemeralContainers':[{'name':'debugger-x','targetContainerName':'main'}]");
        string id = await rig.Containerd.RunContainerAsync(pod, "debugger-x", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);

        Assert.Equal("main", (await rig.WhoAsync(main, "Deployment/debugged")).Container);
        Assert.Equal(("debugger-x", uid), (await rig.WhoAsync(id, "Deployment/debugged")) is { } who ? (who.Container, who.PodUid) : default);
        await ProfileAsync("debugged", "kind-ReplicaSet/name-debugged-1/ephemeralContainerName-debugger-x");
        await ProfileAsync("debugged", "kind-ReplicaSet/name-debugged-1/containerName-main");
    }

    [Fact]
    public async Task StaticPod_WhoseCgroupHasTheKubeletsName_IsTheMirrorPodOfTheApiServer()
    {
        rig.Require();
        string hash = $"{Guid.NewGuid():N}", uid = $"{Guid.NewGuid()}";
        string pod = await rig.Containerd.RunPodAsync("kube-system", "etcd-node-a", hash);
        string id = await rig.Containerd.RunContainerAsync(pod, "etcd", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);
        Who before = Who.Of(await rig.AlertAsync(id, who => who.Pod == "kube-system/etcd-node-a"));
        Assert.Equal(hash, before.PodUid);

        rig.Put("/pods", $$$"""
            {'metadata':{'name':'etcd-node-a','namespace':'kube-system','uid':'{{{uid}}}','ownerReferences':[{'apiVersion':'v1','kind':'Node','name':'node-a','uid':'n','controller':true}],
             'annotations':{'kubernetes.io/config.mirror':'{{{hash}}}','kubernetes.io/config.hash':'{{{hash}}}','kubernetes.io/config.source':'file'}},
             'spec':{'nodeName':'node-a','hostNetwork':true}}
            """);

        Assert.Equal(
            new Who("etcd", "kube-system/etcd-node-a", uid, "Pod/etcd-node-a", BusyboxImage.Name, IdentityRig.Node, true), Who.Of(await rig.AlertAsync(id, who => who.PodUid == uid)));
    }

    [Fact]
    public async Task PauseContainer_IsThePodsOwn()
    {
        rig.Require();
        string uid = $"{Guid.NewGuid()}";
        rig.PutPodOfDeployment(uid, "paused", "'containers':[{'name':'main'}]");
        string pod = await rig.Containerd.RunPodAsync("shop", "paused-1-x", uid);
        await rig.Containerd.ExecAsync(pod, "look", "/bin/sh", "-c", IdentityRig.Suspicious);

        Who who = await rig.WhoAsync(pod, "Deployment/paused");
        Assert.Equal(("POD", "shop/paused-1-x", uid), (who.Container, who.Pod, who.PodUid));
    }

    [Fact]
    public async Task Network_OfThePodOrOfTheHost_IsTold()
    {
        rig.Require();
        string own = $"{Guid.NewGuid()}", hosts = $"{Guid.NewGuid()}";
        string first = await rig.Containerd.RunPodAsync(new TestPod("shop", "own-network", own) { HostNetwork = false });
        string second = await rig.Containerd.RunPodAsync("shop", "hosts-network", hosts);
        string inside = await rig.Containerd.RunContainerAsync(first, "main", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);
        string outside = await rig.Containerd.RunContainerAsync(second, "main", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);

        Assert.False((await rig.WhoAsync(inside, "Pod/own-network")).HostNetwork);
        Assert.True((await rig.WhoAsync(outside, "Pod/hosts-network")).HostNetwork);
    }

    [Fact]
    public async Task Session_FromOutside_IsMarkedOnItsProcessesOnly()
    {
        rig.Require();
        string pod = await rig.Containerd.RunPodAsync("shop", "visited", $"{Guid.NewGuid()}");
        string id = await rig.Containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", IdentityRig.Suspicious + Sleep);
        JsonNode own = await rig.AlertAsync(id, who => who.Pod == "shop/visited");
        Assert.DoesNotContain("\"session\"", own.ToJsonString(), StringComparison.Ordinal);

        // Another program: the same one would wait for its cooldown.
        await rig.Containerd.ExecAsync(id, "visit", "/bin/sh", "-c", "cd /dev/shm; /bin/cat /etc/hostname");
        JsonNode visit = await Eventually.GetAsync(
            () => Task.FromResult(rig.Agent.Output.Where(line => line.Contains(id, StringComparison.Ordinal) && line.Contains("/bin/cat /etc/hostname", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)).FirstOrDefault()),
            () => "the alert of the session");
        Assert.Contains("\"session\":true", visit.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_StartedAgain_IsANewInstanceOfTheSameProfile()
    {
        rig.Require();
        string uid = $"{Guid.NewGuid()}";
        rig.PutPodOfDeployment(uid, "crashing", "'containers':[{'name':'main'}]");
        string pod = await rig.Containerd.RunPodAsync("shop", "crashing-1-x", uid);
        string first = await rig.Containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", IdentityRig.Suspicious + "/bin/true the-first");
        string second = await rig.Containerd.RunContainerAsync(
            pod, new TestContainer("main", "/bin/sh", "-c", IdentityRig.Suspicious + "/bin/true the-second; " + Sleep) { Attempt = 1 });

        Who one = await rig.WhoAsync(first, "Deployment/crashing"), two = await rig.WhoAsync(second, "Deployment/crashing");
        Assert.NotEqual(first, second);
        Assert.Equal(("main", "shop/crashing-1-x", uid), (one.Container, one.Pod, one.PodUid));
        Assert.Equal(one, two);
        Assert.Contains("the-first", (await ProfileAsync("crashing", "containerName-main")).GetRawText(), StringComparison.Ordinal);
        Assert.Single(await ProfilesAsync("crashing"), profile => Annotation(profile, "instance-id").EndsWith("/containerName-main", StringComparison.Ordinal));
    }

    private static string Annotation(JsonElement profile, string name) =>
        profile.GetProperty("metadata").GetProperty("annotations").TryGetProperty("kubescape.io/" + name, out JsonElement value) ? value.GetString()! : string.Empty;

    private Task<JsonElement> ProfileAsync(string workload, string instance) => Eventually.GetAsync<object>(
        async () => (await ProfilesAsync(workload)).Where(item => Annotation(item, "instance-id").EndsWith(instance, StringComparison.Ordinal)).Cast<object>().FirstOrDefault(),
        () => $"the profile of {instance}\n{rig.Agent.Log}").ContinueWith(found => (JsonElement)found.Result, TaskScheduler.Default);

    private async Task<JsonElement[]> ProfilesAsync(string workload) =>
        [.. (await rig.Agent.ProfilesAsync()).RootElement.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("metadata").GetProperty("labels").GetProperty("kubescape.io/workload-name").GetString() == workload)];
}
