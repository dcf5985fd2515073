// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;
using NodeAgent.Profiles.Tests.Learning;

namespace NodeAgent.Profiles.Tests.Assembly;

public sealed class AssemblyTests
{
    private const string Instance = "apiVersion-apps/v1/namespace-default/kind-ReplicaSet/name-web-77b4fdf86c/containerName-nginx";

    [Fact]
    public async Task Metadata_OfALearnedProfile_IsKubescapes()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/a", "a");
        source.Tick(101);
        ProfileSnapshot snapshot = Assert.Single(await Published.RestAsync(learner));

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Instance)));
        ContainerProfile profile = snapshot.Profile!;
        Assert.Equal($"replicaset-web-77b4fdf86c-nginx-{hash[..4]}-{hash[60..]}", profile.Metadata.Name);
        Assert.Equal("default", profile.Metadata.Namespace);
        var annotations = profile.Metadata.Annotations!;
        Assert.Equal(Instance, annotations["kubescape.io/instance-id"]);
        Assert.Equal("wlid://cluster-c/namespace-default/replicaset-web-77b4fdf86c", annotations["kubescape.io/wlid"]);
        Assert.Equal("completed", annotations["kubescape.io/status"]);
        Assert.Equal("complete", annotations["kubescape.io/completion"]);
        Assert.Equal("containers", annotations["kubescape.io/workload-container-type"]);
        Assert.Equal("1", annotations["kubescape.io/resource-size"]);
        var labels = profile.Metadata.Labels!;
        Assert.Equal("apps", labels["kubescape.io/workload-api-group"]);
        Assert.Equal("v1", labels["kubescape.io/workload-api-version"]);
        Assert.Equal("default", labels["kubescape.io/workload-namespace"]);
        Assert.Equal("ReplicaSet", labels["kubescape.io/workload-kind"]);
        Assert.Equal("web-77b4fdf86c", labels["kubescape.io/workload-name"]);
        Assert.Equal("nginx", labels["kubescape.io/workload-container-name"]);
        Assert.Equal("77b4fdf86c", labels["kubescape.io/instance-template-hash"]);
        Assert.Equal(new Dictionary<string, string> { ["app"] = "nginx" }, profile.Spec!.MatchLabels!.ToDictionary());
        (ApplicationProfile application, NetworkNeighborhood network) = Published.Workload([snapshot]);
        Assert.Equal("replicaset-web-77b4fdf86c", application.Metadata.Name);
        Assert.Equal("replicaset-web-77b4fdf86c", network.Metadata.Name);
        Assert.Equal("nginx", Assert.Single(application.Spec!.Containers!).Name);
        Assert.Equal("completed", application.Metadata.Annotations!["kubescape.io/status"]);
    }

    [Fact]
    public async Task Image_OfTheContainer_IsItsTagAndDigestInBothProfiles()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        container.Identity = container.Identity with { Image = "r.io/nginx:1.27", ImageDigest = "sha256:0123" };
        source.Exec(container, "/bin/a", "a");
        source.Tick(101);
        ProfileSnapshot snapshot = Assert.Single(await Published.RestAsync(learner));

        Assert.Equal(("r.io/nginx:1.27", "sha256:0123"), (snapshot.Profile!.Spec!.ImageTag, snapshot.Profile.Spec.ImageID));
        ApplicationProfileContainer part = Assert.Single(Published.Workload([snapshot]).Application.Spec!.Containers!);
        Assert.Equal(("r.io/nginx:1.27", "sha256:0123"), (part.ImageTag, part.ImageID));
    }

    [Fact]
    public async Task Workload_OfTwoContainers_IsCompletedOnlyWithBoth()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo one = source.Container("one", 1);
        source.Exec(one, "/bin/a");
        source.Tick(50);
        source.Exec(source.Container("two", 2), "/bin/b");
        source.Tick(20);
        source.Tick(31);
        ApplicationProfile application = Published.Workload(await Published.RestAsync(learner)).Application;
        Assert.Equal(["one", "two"], application.Spec!.Containers!.Select(c => c.Name!));
        Assert.Equal("ready", application.Metadata.Annotations!["kubescape.io/status"]);
    }

    [Theory]
    [InlineData("10.2.3.4", "internal")]
    [InlineData("192.168.1.1", "internal")]
    [InlineData("172.31.0.1", "internal")]
    [InlineData("172.32.0.1", "external")]
    [InlineData("8.8.8.8", "external")]
    [InlineData("fd00::1", "internal")]
    [InlineData("2001:4860:4860::8888", "external")]
    public async Task Neighbor_OfAnAddress_HasTypePortAndIdentifier(string address, string type)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Tcp(container, FlowDirection.Outbound, address, 40000, 8443);
        source.Tcp(container, FlowDirection.Outbound, address, 40000, 443);
        source.Tick(11);

        NetworkNeighbor peer = Assert.Single((await Published.OnlyAsync(learner)).Spec!.Egress!);
        Assert.Equal((address, type), (peer.IpAddress, peer.Type));
        Assert.Equal([("TCP-443", "TCP", 443), ("TCP-8443", "TCP", 8443)], peer.Ports!.Select(p => (p.Name!, p.Protocol!, (int)p.Port!)));
        Assert.Matches("^[0-9a-f]{64}$", peer.Identifier);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.9.9.9")]
    [InlineData("::1")]
    [InlineData("0.0.0.0")]
    public async Task Neighbor_OnLoopbackOrNowhere_IsSkipped(string address)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        source.Tcp(source.Container(), FlowDirection.Outbound, address, 40000, 443);
        source.Tick(11);

        Assert.Empty((await Published.OnlyAsync(learner)).Spec!.Egress!);
    }

    public static TheoryData<byte[]> HostilePaths => new()
    {
        "/tmp/a\nb\"\\x"u8.ToArray(),
        new byte[] { (byte)'/', 0xff, 0xfe, (byte)'x' },
        Encoding.UTF8.GetBytes("/data/⋯/x"),
        Encoding.UTF8.GetBytes("/data/a⋯b"),
        Encoding.UTF8.GetBytes("/data/*"),
        Encoding.UTF8.GetBytes("/" + new string('p', 4095)),
        new byte[] { (byte)'/', 1, 2, 0x1b, (byte)'[', 0x7f },
    };

    [Theory]
    [MemberData(nameof(HostilePaths))]
    public async Task Path_ThatIsHostile_SurvivesJsonAndMatchesOnlyItself(byte[] path)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Open(container, path);
        source.Tick(101);
        ContainerProfile profile = await Published.OnlyAsync(learner);

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(profile.Spec!, ApiJsonContext.Readable.ContainerProfileSpec);
        var read = new CompletedProfile(JsonSerializer.Deserialize(json, ApiJsonContext.Readable.ContainerProfileSpec)!);

        Assert.True(read.WasOpened(path));
        Assert.False(read.WasOpened("/data/other/x"u8));
        Assert.False(read.WasOpened("/data/other"u8));
    }
}
