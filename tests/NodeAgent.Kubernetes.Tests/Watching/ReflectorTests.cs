// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Tests.Watching;

/// <summary>Following a resource of the API server double, when all goes well.</summary>
public sealed class ReflectorTests
{
    [Fact]
    public async Task Run_ListThenChanges_SinkIsEqual()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s => s.Store.Put("/pods", ReflectorRig.Pod("a")));
        await rig.SeesAsync("a");
        await rig.WatchesAsync();

        rig.Put("b");
        await rig.SeesAsync("a b");
        rig.Server.Store.Delete("/pods", "shop", "a");
        await rig.SeesAsync("b");

        Assert.True(rig.Reflector.HasSynced);
        Assert.Equal((1, 1), (rig.Reflector.Counters.Lists, rig.Reflector.Counters.Watches));
        Assert.Empty(rig.Logger.Lines);
    }

    [Fact]
    public async Task Run_FirstList_TakesWhatTheServerHasAtHandAndWatchesFromThere()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s => s.Store.Put("/pods", ReflectorRig.Pod("a")));
        await rig.WatchesAsync();

        Assert.Contains("resourceVersion=0", rig.Server.Requests[0].Path, StringComparison.Ordinal);
        TestSupport.Kubernetes.DoubleRequest watch = rig.Server.Requests.First(r => r.Verb == "watch");
        Assert.True(watch.Has($"resourceVersion={rig.Server.Store.Version}") && watch.Has("allowWatchBookmarks=true") && watch.Has("timeoutSeconds="), watch.Path);
        Assert.Equal("HTTP/2", watch.Protocol);
    }

    [Fact]
    public async Task Run_Pages_AreReadOneAfterTheOther()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(
            ReflectorRig.Quick with { PageSize = 2 }, s => Array.ForEach(["a", "b", "c", "d", "e"], name => s.Store.Put("/pods", ReflectorRig.Pod(name))));
        await rig.SeesAsync("a b c d e");
        await rig.ComesTrueAsync(() => rig.Reflector.HasSynced, "synced");

        Assert.Equal(3, rig.Server.Requests.Count(r => r.Verb == "list"));
        Assert.Equal(5, rig.Reflector.Counters.Listed);
    }

    [Fact]
    public async Task Run_ListOfManyBuffers_OnlyKnownAnnotationsAreKept()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: server =>
        {
            for (int i = 0; i < 100; i++)
            {
                System.Text.Json.Nodes.JsonObject pod = ReflectorRig.Pod($"p{i}");
                pod["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject
                {
                    ["kubectl.kubernetes.io/last-applied-configuration"] = new string('x', 3000),
                    ["kubernetes.io/config.mirror"] = "hash",
                    ["nested"] = new System.Text.Json.Nodes.JsonObject { ["a"] = new System.Text.Json.Nodes.JsonArray(1, 2) },
                };
                server.Store.Put("/pods", pod);
            }
        });
        await rig.ComesTrueAsync(() => rig.Reflector.HasSynced, "synced");

        Assert.Equal(100, rig.Reflector.Counters.Listed);
        Assert.Equal([KeyValuePair.Create("kubernetes.io/config.mirror", "hash")], rig.Sink.Find("p57")!.Metadata!.Annotations!);
    }

    [Fact]
    public async Task Run_FieldSelector_OnlyThoseOfTheNodeAndUntilTheyLeaveIt()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(ReflectorRig.Quick with { FieldSelector = "spec.nodeName=node-a" });
        await rig.WatchesAsync();
        rig.Put("mine");
        rig.Server.Store.Put("/pods", ReflectorRig.Pod("other", "node-b"));
        rig.Put("mine2");
        await rig.SeesAsync("mine mine2");

        Assert.All(rig.Server.Requests, r => Assert.True(r.Has("fieldSelector=spec.nodeName%3Dnode-a"), r.Path));
    }

    [Fact]
    public async Task Run_WatchEnds_GoesOnFromTheLastBookmarkWithoutAList()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync();
        await rig.WatchesAsync();
        rig.Server.Store.Put("/services", ReflectorRig.Pod("not-a-pod")); // the version goes on, this watch hears nothing
        rig.Server.Store.Bookmark();
        await rig.ComesTrueAsync(() => rig.Reflector.Counters.Bookmarks == 1, "a bookmark");
        rig.Server.Store.EndWatches();
        await rig.WatchesAsync(2);
        rig.Put("a");
        await rig.SeesAsync("a");

        Assert.Equal(1, rig.Server.Requests.Count(r => r.Verb == "list"));
        Assert.True(rig.Server.Requests.Last(r => r.Verb == "watch").Has($"resourceVersion={rig.Server.Store.Version - 1}"), rig.Server.Requests[^1].Path);
    }

    [Fact]
    public async Task Run_WatchBreaksInAnEvent_NothingIsLost()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync();
        await rig.WatchesAsync();
        rig.Put("a");
        await rig.SeesAsync("a");
        rig.Server.Store.BreakWatches();
        rig.Put("b");
        await rig.SeesAsync("a b");

        Assert.Equal(1, rig.Reflector.Counters.Lists);
        Assert.True(rig.Reflector.Counters.Failures(KubernetesFailure.Connection) + rig.Reflector.Counters.Malformed > 0);
    }

    [Fact]
    public async Task Run_WatchIsSilentToItsEnd_ListsAgain()
    {
        // As after a restored backup: the version we watch from does not exist yet, and nothing ever comes.
        await using ReflectorRig rig = await ReflectorRig.StartAsync(ReflectorRig.Quick with { WatchSeconds = 1 }, s => s.Store.Put("/pods", ReflectorRig.Pod("a")));
        await rig.SeesAsync("a");
        await rig.WatchesAsync();
        rig.Server.Store.SetBack(10);
        rig.Put("b");
        await rig.SeesAsync("a b");

        Assert.True(rig.Reflector.Counters.SilentWatches > 0);
        Assert.DoesNotContain("resourceVersion=", rig.Server.Requests.Last(r => r.Verb == "list").Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LineThatIsNoEvent_IsCountedAndTheNextOneRead()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync();
        await rig.WatchesAsync();
        rig.Server.Store.SendRaw("nonsense\n");
        rig.Server.Store.SendRaw("{\"type\":\"RENAMED\",\"object\":{}}\n");
        rig.Server.Store.SendRaw("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":7}}}\n");
        rig.Server.Store.SendRaw("{\"type\":\"ADDED\",\"object\":{\"metadata\":null}}\n");
        rig.Server.Store.SendRaw("{\"type\":\"ADDED\"}\n\n \n");
        rig.Put("a");
        await rig.SeesAsync("a");

        Assert.Equal(5, rig.Reflector.Counters.Malformed);
        Assert.Equal(1, rig.Reflector.Counters.Watches);
    }

    [Fact]
    public async Task Run_ServerGoesAndComesBack_CatchesUp()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s => s.Store.Put("/pods", ReflectorRig.Pod("a")));
        await rig.SeesAsync("a");
        await rig.WatchesAsync();
        await rig.Server.StopAsync();
        rig.Put("b");
        await rig.ComesTrueAsync(() => rig.Reflector.Counters.Failures(KubernetesFailure.Connection) > 2, "failures");
        await rig.Server.RestartAsync();
        await rig.SeesAsync("a b");

        await rig.ComesTrueAsync(() => rig.Logger.Lines.Any(l => l.StartsWith("9003", StringComparison.Ordinal)), "the word that it answers again");
        Assert.Single(rig.Logger.Lines, l => l.StartsWith("9002", StringComparison.Ordinal));
    }
}
