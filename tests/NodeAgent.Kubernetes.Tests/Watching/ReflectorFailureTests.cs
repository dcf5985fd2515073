// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Kubernetes.Authentication;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Tests.Watching;

/// <summary>Following a resource of the API server double that refuses.</summary>
public sealed class ReflectorFailureTests
{
    [Fact]
    public async Task Run_GoneWhileWatching_ListsTheNewestAndDropsWhatIsGone()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s => Array.ForEach(["a", "b"], n => s.Store.Put("/pods", ReflectorRig.Pod(n))));
        await rig.SeesAsync("a b");
        await rig.WatchesAsync();
        await rig.Server.StopAsync();
        rig.Server.Store.Delete("/pods", "shop", "a");
        rig.Put("c");
        rig.Server.Store.Compact();
        await rig.Server.RestartAsync();
        await rig.SeesAsync("b c");

        Assert.Equal((2, 1), (rig.Reflector.Counters.Lists, rig.Reflector.Counters.Expired));
        Assert.DoesNotContain("resourceVersion=", rig.Server.Requests.Last(r => r.Verb == "list").Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_GoneAsHttpStatus_ListsAgain()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync();
        await rig.WatchesAsync();
        rig.Server.FailNext(410);
        rig.Server.Store.EndWatches();
        await rig.ComesTrueAsync(() => rig.Reflector.Counters.Lists == 2, "a second list");
        rig.Put("a");
        await rig.SeesAsync("a");
    }

    [Fact]
    public async Task Run_PageExpires_IsReadInOnePiece()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(ReflectorRig.Quick with { PageSize = 1 }, s =>
        {
            Array.ForEach(["a", "b", "c"], n => s.Store.Put("/pods", ReflectorRig.Pod(n)));
            s.Store.ExpiredContinues = 1;
        });
        await rig.WatchesAsync();

        Assert.Equal("a b c", rig.Sink.Names);
        string[] lists = [.. rig.Server.Requests.Where(r => r.Verb == "list").Select(r => r.Path)];
        Assert.Equal(3, lists.Length);
        Assert.Contains("continue=", lists[1], StringComparison.Ordinal);
        Assert.Equal("/api/v1/pods", lists[2]);
    }

    [Fact]
    public async Task Run_TooManyRequests_WaitsAsLongAsAsked()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s =>
        {
            s.Store.Put("/pods", ReflectorRig.Pod("a"));
            s.FailNext(429, "1");
        });
        var time = Stopwatch.StartNew();
        await rig.SeesAsync("a");

        Assert.True(time.Elapsed > TimeSpan.FromSeconds(0.9), $"{time.Elapsed}");
        Assert.Equal(1, rig.Reflector.Counters.Failures(KubernetesFailure.Busy));
        Assert.Equal(2, rig.Server.Requests.Count(r => r.Verb == "list"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_NoAnswer_IsCountedAndAskedAgain(bool watch)
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(
            answerTimeout: TimeSpan.FromMilliseconds(500),
            prepare: s =>
            {
                s.Store.Put("/pods", ReflectorRig.Pod("a"));
                if (watch)
                {
                    s.FailNext(200, body: """{"metadata":{"resourceVersion":"100"},"items":[]}""");
                }

                s.FailNext(0); // never answered
            });
        await rig.SeesAsync("a");

        Assert.Equal(1, rig.Reflector.Counters.Failures(KubernetesFailure.Timeout));
        Assert.StartsWith("9002", rig.Logger.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Forbidden_SaysOnceWhichPermissionAndGoesOnWhenItIsGiven()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s => s.Forbid("list", "pods"));
        await rig.ComesTrueAsync(() => rig.Reflector.Counters.Failures(KubernetesFailure.Forbidden) >= 3, "refusals");
        string said = Assert.Single(rig.Logger.Lines);
        Assert.StartsWith("9000", said, StringComparison.Ordinal);
        Assert.Contains("list pods in the whole cluster", said, StringComparison.Ordinal);

        rig.Server.Permit("list", "pods");
        rig.Put("a");
        await rig.SeesAsync("a");
    }

    [Fact]
    public async Task Run_WatchForbidden_HasTheListAndSaysWhich()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s =>
        {
            s.Store.Put("/pods", ReflectorRig.Pod("a"));
            s.Forbid("watch", "pods");
        });
        await rig.ComesTrueAsync(() => rig.Reflector.Counters.Failures(KubernetesFailure.Forbidden) >= 2, "refusals");

        Assert.Equal("a", rig.Sink.Names);
        Assert.Contains("watch pods in the whole cluster", Assert.Single(rig.Logger.Lines), StringComparison.Ordinal);
        Assert.Equal(1, rig.Reflector.Counters.Lists);
    }

    [Fact]
    public async Task Run_AnswerIsNonsense_IsCountedAndTriedAgain()
    {
        await using ReflectorRig rig = await ReflectorRig.StartAsync(prepare: s =>
        {
            s.Store.Put("/pods", ReflectorRig.Pod("a"));
            s.FailNext(200, body: "<html>login</html>");
            s.FailNext(200, body: "{\"items\":null}");
            s.FailNext(200, body: "null");
            s.FailNext(502, body: "<html>bad gateway</html>");
        });
        await rig.SeesAsync("a");

        Assert.Equal(3, rig.Reflector.Counters.Failures(KubernetesFailure.Malformed));
        Assert.Equal(1, rig.Reflector.Counters.Failures(KubernetesFailure.Server));
    }

    [Fact]
    public async Task Run_TokenRotates_TheNewOneIsUsed()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old\n", TestContext.Current.CancellationToken);
            await using ReflectorRig rig = await ReflectorRig.StartAsync(
                prepare: s => s.Tokens = new HashSet<string> { "old" }, tokens: new TokenFile(file, TimeProvider.System));
            await rig.WatchesAsync();
            rig.Server.Tokens = new HashSet<string> { "new" };
            await File.WriteAllTextAsync(file, "new\n", TestContext.Current.CancellationToken);
            rig.Server.Store.EndWatches();
            rig.Put("a");
            await rig.SeesAsync("a");

            Assert.Equal(1, rig.Reflector.Counters.Failures(KubernetesFailure.Unauthorized));
            Assert.Equal("new", rig.Server.Requests[^1].Token);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
