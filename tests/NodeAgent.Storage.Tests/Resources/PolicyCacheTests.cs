// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Tests.Resources;

public sealed class PolicyCacheTests
{
    [Fact]
    public void Find_SameVersions_IsWhatWasPutAndElseNothing()
    {
        var cache = new PolicyCache();
        StoredObject policy = Policy("web", 7, 100);
        cache.Put(Key("web"), "servers@3", policy);

        Assert.Same(policy, cache.Find(Key("web"), 7, "servers@3"));
        Assert.Null(cache.Find(Key("web"), 8, "servers@3"));
        Assert.Null(cache.Find(Key("web"), 7, "servers@4"));
        Assert.Null(cache.Find(Key("db"), 7, "servers@3"));

        cache.Put(Key("web"), "servers@3", Policy("web", 5, 100));
        Assert.Same(policy, cache.Find(Key("web"), 7, "servers@3"));
        cache.Put(Key("web"), "servers@4", Policy("web", 7, 100));
        Assert.Null(cache.Find(Key("web"), 7, "servers@3"));
        Assert.NotNull(cache.Find(Key("web"), 7, "servers@4"));
    }

    [Fact]
    public void Put_MoreThanItsBound_ForgetsTheOldest()
    {
        var cache = new PolicyCache();
        for (int i = 0; i < 40; i++)
        {
            cache.Put(Key($"w{i}"), string.Empty, Policy($"w{i}", 1, 1 << 20));
        }

        Assert.Equal(Enumerable.Range(25, 15), Enumerable.Range(0, 40).Where(i => cache.Find(Key($"w{i}"), 1, string.Empty) is not null));
    }

    private static ObjectKey Key(string name) => new("networkneighborhoods", "shop", name);

    private static StoredObject Policy(string name, long revision, int bytes) => new(new ObjectKey("generatednetworkpolicies", "shop", name), revision, new byte[bytes]);
}
