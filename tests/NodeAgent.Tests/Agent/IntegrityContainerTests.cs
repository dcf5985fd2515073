// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.Tests.Agent;

/// <summary>Watched files and containers of a real containerd, whose roots are overlays.</summary>
[Trait("Level", "Integration")]
public sealed class IntegrityContainerTests(IdentityRig rig) : IClassFixture<IdentityRig>
{
    private const string Sleep = "; /bin/sleep 1000000";

    [Fact]
    public async Task Container_WritesToAFileOfItsImage_ToldFromWhatTheImageHas()
    {
        rig.Require();
        Assert.SkipUnless(ContainerdFixture.IsOverlay, "this kernel has no overlayfs");
        string pod = await rig.Containerd.RunPodAsync("shop", "writer", $"{Guid.NewGuid()}");
        string container = await rig.Containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", "printf mine!mine! 1<>/etc/issue" + Sleep);

        JsonNode alert = await AlertAsync("NA-F002", "/etc/issue", container);
        JsonNode change = alert["arguments"]!["fileChange"]!;
        string image = Sha(BusyboxImage.Issue);
        Assert.Equal((image, image, Sha("mine!mine!")), ((string?)change["before"]!["sha256"], (string?)change["image"]!["sha256"], (string?)change["after"]!["sha256"]));
        Assert.Equal(("main", "writer", "shop"), ((string?)alert["containerName"], (string?)alert["podName"], (string?)alert["podNamespace"]));
        Assert.Equal("sh", (string?)alert["identifiers"]!["process"]!["name"]);
    }

    // A process that ends at once leaves its container's other processes to look through.
    [Fact]
    public async Task Container_ChildOfItEndsAtOnce_IsToldAllTheSame()
    {
        rig.Require();
        string pod = await rig.Containerd.RunPodAsync("shop", "short", $"{Guid.NewGuid()}");
        string container = await rig.Containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", "/bin/busybox mkdir /watched; /bin/busybox cp /etc/issue /watched/copy" + Sleep);

        JsonNode alert = await AlertAsync("NA-F001", "/watched/copy", container, Sha(BusyboxImage.Issue));
        Assert.Equal("busybox", (string?)alert["identifiers"]!["process"]!["name"]);
    }

    [Fact]
    public async Task Container_WritesToAFileOfTheMachineThroughAMount_IsToldOfThatFile()
    {
        rig.Require();
        string file = Path.Combine(rig.Watched, "shared");
        await File.WriteAllTextAsync(file, "before", TestContext.Current.CancellationToken);
        await AlertAsync("NA-F001", file, string.Empty);
        string pod = await rig.Containerd.RunPodAsync("shop", "mounter", $"{Guid.NewGuid()}");
        var writer = new TestContainer("main", "/bin/sh", "-c", "printf 'after!' 1<>/mnt/shared" + Sleep) { Mounts = [(rig.Watched, "/mnt", false)] };
        string container = await rig.Containerd.RunContainerAsync(pod, writer);

        JsonNode alert = await AlertAsync("NA-F002", file, container);
        JsonNode change = alert["arguments"]!["fileChange"]!;
        Assert.Equal(("/mnt/shared", Sha("before"), Sha("after!")), ((string?)change["seenAs"], (string?)change["before"]!["sha256"], (string?)change["after"]!["sha256"]));
        Assert.Equal("mounter", (string?)alert["podName"]);
    }

    private Task<JsonNode> AlertAsync(string rule, string path, string container, string? digest = null) => Eventually.GetAsync(
        () => Task.FromResult(rig.Agent.Output
            .Where(line => line.Contains($"\"{rule}\"", StringComparison.Ordinal) && line.Contains(container, StringComparison.Ordinal))
            .Select(line => JsonNode.Parse(line)!["spec"]!["alerts"]![0]!)
            .FirstOrDefault(alert => (string?)alert["arguments"]!["path"] == path && (digest is null || (string?)alert["arguments"]!["fileChange"]!["after"]?["sha256"] == digest))),
        () => $"{rule} about {path} among {string.Join('\n', rig.Agent.Output.TakeLast(5))}\n{rig.Agent.Log}");

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
