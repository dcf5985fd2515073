// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Owners;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Tests.Owners;

/// <summary>Template hashes and names in slugs of pods that a real API server had, one of each kind of owner.</summary>
public sealed class TemplateHashTests
{
    [Theory]
    [InlineData("web-647f6bfc7f-frknq", "647f6bfc7f", "")]
    [InlineData("db-0", "db-fb8cf657b", "db-fb8cf657b")]
    [InlineData("logs-58vm7", "757b7d68f9", "logs-757b7d68f9")]
    [InlineData("once-gfk26", "", "")]
    public void Of_RecordedPod_IsWhatItsLabelsSay(string name, string hash, string alternate)
    {
        V1Pod pod = Pod(name);
        OwnerName owner = OwnerResolver.ControllerOf(pod.Metadata!)!;

        Assert.Equal((hash, alternate), (TemplateHash.Of(pod, owner), TemplateHash.AlternateName(pod, owner)));
    }

    [Fact]
    public void Of_RunsOfOneCronJob_AreOneVersionUntilWhatTheyRunChanges()
    {
        (string hash, string alternate) = NamesOf(Pod("nightly-29920661-768xb"));

        Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{1,10}$", hash);
        Assert.Equal($"nightly-{hash}", alternate);
        Assert.Equal((hash, alternate), NamesOf(Pod("nightly-29920662-9lwqn")));
        Assert.NotEqual(hash, NamesOf(Pod("nightly-29920662-9lwqn", pod => pod["spec"]!["containers"]![0]!["image"] = "another:2")).Hash);
        Assert.NotEqual(hash, NamesOf(Pod("nightly-29920662-9lwqn", pod => pod["spec"]!["containers"]![0]!["args"] = new JsonArray("more"))).Hash);
        Assert.Equal(hash, NamesOf(Pod("nightly-29920662-9lwqn", pod => pod["spec"]!["nodeName"] = "elsewhere")).Hash);
    }

    [Theory]
    [InlineData("nightly")]
    [InlineData("nightly-")]
    [InlineData("nightly-0")]
    [InlineData("nightly-2992x")]
    [InlineData("nightly--5")]
    [InlineData("-5")]
    [InlineData("nightly-99999999999999999999")]
    public void Of_JobThatNoCronJobNames_HasNone(string job)
    {
        var owner = new OwnerName("batch/v1", "Job", job, "u");

        // The last dash and the minutes after it are the controller's; the name before them is anybody's.
        bool isScheduled = job == "nightly--5";
        Assert.Equal(!isScheduled, TemplateHash.Of(new V1Pod(), owner).Length == 0);
        Assert.Equal(!isScheduled, TemplateHash.AlternateName(new V1Pod(), owner).Length == 0);
    }

    private static (string Hash, string Alternate) NamesOf(V1Pod pod)
    {
        OwnerName owner = OwnerResolver.ControllerOf(pod.Metadata!)!;
        return (TemplateHash.Of(pod, owner), TemplateHash.AlternateName(pod, owner));
    }

    private static V1Pod Pod(string name, Action<JsonNode>? change = null)
    {
        JsonNode pod = Recording.Load("pods-list").Body!["items"]!.AsArray().Single(item => (string?)item!["metadata"]!["name"] == name)!;
        change?.Invoke(pod);
        return pod.Deserialize(ApiResources.Pods.ItemType)!;
    }
}
