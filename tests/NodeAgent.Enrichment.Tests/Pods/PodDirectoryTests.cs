// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Pods;

namespace NodeAgent.Enrichment.Tests.Pods;

public sealed class PodDirectoryTests
{
    private const string Hash = "d41d8cd98f00b204e9800998ecf8427e";
    private readonly ManualTime _time = new();

    [Fact]
    public void Put_Twice_OnlyTheNewestIsToldAsChanged()
    {
        var pods = new PodDirectory(8, TimeSpan.FromMinutes(5), _time);
        pods.Put(Pod("a", "first"));
        pods.Put(Pod("a", "second"));
        pods.Put(Pod("b", "other"));

        Assert.True(pods.TryTakeChanged(out PodRecord? one) && pods.TryTakeChanged(out PodRecord? two) && (one.Name, two.Name) == ("second", "other"));
        Assert.False(pods.TryTakeChanged(out _));
    }

    [Fact]
    public void TryFindByName_APodThatWasMadeAnew_IsTheNewest()
    {
        var pods = new PodDirectory(8, TimeSpan.FromMinutes(5), _time);
        pods.Put(Pod("before", "db-0"));
        PodRecord known = pods.TryFindByName(Pod("x", "db-0").Namespace, "db-0", out PodRecord? found) ? found : throw new InvalidOperationException("not found");
        Assert.Equal("before", known.Uid);
        pods.Remove("before");
        pods.Put(Pod("after", "db-0"));
        _time.Advance(TimeSpan.FromMinutes(6));
        pods.Put(Pod("b", "b"));

        Assert.True(pods.TryFindByName(known.Namespace, "db-0", out found));
        Assert.Equal("after", found.Uid);
        Assert.False(pods.TryFindByName("another", "db-0", out _));
        Assert.False(pods.TryFindByName(known.Namespace, "db-1", out _));
    }

    [Fact]
    public void TryFindByName_APodThatIsForgotten_IsNotFound()
    {
        var pods = new PodDirectory(8, TimeSpan.FromMinutes(5), _time);
        pods.Put(Pod("a", "first"));
        pods.Put(Pod("a", "second"));
        Assert.False(pods.TryFindByName(Pod("x", "x").Namespace, "first", out _));
        pods.Remove("a");
        _time.Advance(TimeSpan.FromMinutes(6));
        pods.Put(Pod("b", "b"));

        Assert.False(pods.TryFindByName(Pod("x", "x").Namespace, "second", out _));
    }

    [Fact]
    public void Put_StaticPod_IsFoundByWhatItsCgroupsAreCalledAfter()
    {
        var pods = new PodDirectory(8, TimeSpan.Zero, _time);
        pods.Put(Pod("mirror-uid", "etcd") with { ConfigHash = Hash });

        Assert.True(pods.TryFind(Hash, out PodRecord? pod));
        Assert.Equal("etcd", pod.Name);
    }

    [Fact]
    public void Put_TwoPodsOfOneFileOfTheKubelet_NeitherIsFoundByIt()
    {
        var pods = new PodDirectory(8, TimeSpan.Zero, _time);
        pods.Put(Pod("mirror-uid", "etcd") with { ConfigHash = Hash });
        pods.Put(Pod("other-uid", "impostor") with { ConfigHash = Hash });
        Assert.False(pods.TryFind(Hash, out _));

        pods.Put(Pod("mirror-uid", "etcd") with { ConfigHash = Hash });
        Assert.False(pods.TryFind(Hash, out _));
        Assert.Equal(2, pods.Contests);
        Assert.True(pods.TryFind("mirror-uid", out _));
    }

    [Fact]
    public void Put_StaticPodThatWasMadeAnew_StaysFoundWhenTheFormerIsForgotten()
    {
        var pods = new PodDirectory(8, TimeSpan.FromMinutes(5), _time);
        pods.Put(Pod("before", "etcd") with { ConfigHash = Hash });
        pods.Remove("before");
        pods.Put(Pod("after", "etcd") with { ConfigHash = Hash });
        _time.Advance(TimeSpan.FromMinutes(6));
        pods.Put(Pod("b", "b"));

        Assert.True(pods.TryFind(Hash, out PodRecord? pod));
        Assert.Equal(("after", 0L), (pod.Uid, pods.Contests));
    }

    [Fact]
    public void Remove_Pod_StaysForTheGrace()
    {
        var pods = new PodDirectory(8, TimeSpan.FromMinutes(5), _time);
        pods.Put(Pod("a", "a"));
        pods.Remove("a");
        Assert.True(pods.TryFind("a", out _));

        _time.Advance(TimeSpan.FromMinutes(6));
        pods.Put(Pod("b", "b"));
        Assert.False(pods.TryFind("a", out _));
        Assert.Equal(1, pods.Count);
    }

    [Fact]
    public void Put_Full_TheGoneOnesGoFirstThenItIsCounted()
    {
        var pods = new PodDirectory(2, TimeSpan.FromMinutes(5), _time);
        pods.Put(Pod("a", "a"));
        pods.Put(Pod("b", "b"));
        pods.Put(Pod("c", "c"));
        Assert.False(pods.TryFind("c", out _));
        Assert.Equal(1, pods.Refused);

        pods.Remove("a");
        pods.Put(Pod("c", "c"));
        Assert.True(pods.TryFind("c", out _));
        Assert.False(pods.TryFind("a", out _));
    }

    private static PodRecord Pod(string uid, string name) => new() { Uid = uid, Namespace = "shop", Name = name };
}
