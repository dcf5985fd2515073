// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class BoundsAndMergeTests
{
    private static readonly ProfileBounds Bounds = new() { MaxArgumentLists = 5, MaxEndpoints = 16 };

    [Fact]
    public void Merge_AnyBehaviors_IsAssociativeCommutativeAndIdempotent() => Property.ForSeeds(random =>
    {
        BehaviorSnapshot a = Behavior(random).Capture();
        BehaviorSnapshot b = Behavior(random).Capture();
        BehaviorSnapshot c = Behavior(random).Capture();
        Assert.Equal(Text(Merge(Merge(a, b), c)), Text(Merge(a, Merge(b, c))));
        Assert.Equal(Text(Merge(a, b)), Text(Merge(b, a)));
        Assert.Equal(Text(a), Text(Merge(a, a)));
        Assert.Equal(Text(Merge(a, b)), Text(Merge(Merge(a, b), b)));
    });

    [Fact]
    public void Opens_OverTheBound_StayCoveredAndBounded()
    {
        var behavior = new LearnedBehavior(new ProfileBounds { MaxOpens = 1000, MaxBytes = 1 << 20 });
        var paths = new List<string>();
        for (int i = 0; i < 20_000; i++)
        {
            paths.Add($"/data/{i % 97}/dir{i % 13}/file-{i}");
            behavior.Opens.Add(Encoding.UTF8.GetBytes(paths[^1]), 1);
        }

        Assert.True(behavior.Opens.Count <= 1000, $"{behavior.Opens.Count}");
        Assert.True(behavior.Overflow > 0);
        var profile = new CompletedProfile(Spec(behavior.Capture()));
        Assert.All(paths, path => Assert.True(profile.WasOpened(path, 0)));
        Assert.False(profile.WasOpened("/etc/shadow"));
    }

    [Fact]
    public void Opens_DeepAndWideFlood_StaysBounded()
    {
        var behavior = new LearnedBehavior(new ProfileBounds { MaxOpens = 1000, MaxBytes = 256 << 10 });
        var random = new Random(3);
        for (int i = 0; i < 5000; i++)
        {
            behavior.Opens.Add(Encoding.UTF8.GetBytes("/" + string.Join('/', Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(1000)))), 1);
        }

        Assert.True(behavior.Opens.Count <= 1000 && behavior.Opens.Bytes <= 128 << 10);
    }

    [Fact]
    public void Execs_TooManyArguments_BecomeAny()
    {
        var behavior = new LearnedBehavior(Bounds);
        for (int i = 0; i < 10; i++)
        {
            behavior.Execs.Add("/bin/sleep"u8, Encoding.UTF8.GetBytes($"sleep\0{i}\0"), any: false);
        }

        ExecCalls exec = Assert.Single(Spec(behavior.Capture()).Execs!);
        Assert.Equal(["⋯⋯"], exec.Args!);
        Assert.True(new CompletedProfile(Spec(behavior.Capture())).WasExecutedWithArgs("/bin/sleep", ["sleep", "3"]));
    }

    [Fact]
    public void Execs_OverTheBound_StayCoveredAndBounded()
    {
        var behavior = new LearnedBehavior(new ProfileBounds { MaxExecs = 100 });
        string[] exes = [.. Enumerable.Range(0, 500).Select(i => $"/tmp/build/{i}"), "/bin/sh", "memfd:x"];
        foreach (string exe in exes)
        {
            behavior.Execs.Add(Encoding.UTF8.GetBytes(exe), "a\0"u8, any: false);
        }

        Assert.True(behavior.Execs.Count <= 100);
        var profile = new CompletedProfile(Spec(behavior.Capture()));
        Assert.All(exes, exe => Assert.True(profile.WasExecuted(exe), exe));
        Assert.False(profile.WasExecuted("/usr/bin/nc"));
    }

    [Fact]
    public void Endpoints_PortScan_StaysCoveredAndBounded()
    {
        var behavior = new LearnedBehavior(Bounds);
        for (int port = 1; port < 5000; port++)
        {
            behavior.Endpoints.Add(true, new NetAddress((UInt128)(uint)port, false), (ushort)port, TransportProtocol.Tcp, null);
        }

        Assert.True(behavior.Endpoints.Count <= 16);
        var profile = new CompletedProfile(Spec(behavior.Capture()));
        Assert.True(profile.IsAddressInEgress(new NetAddress(77, false), 77, TransportProtocol.Tcp));
        Assert.True(behavior.Endpoints.Contains(true, new NetAddress(77, false), 77, TransportProtocol.Tcp));
    }

    [Fact]
    public void Names_OverTheBound_GeneralizeToTheirParent()
    {
        var names = new NameSet(16);
        for (int i = 0; i < 100; i++)
        {
            names.Add(Encoding.ASCII.GetBytes($"h{i}.cdn.example.com"));
        }

        Assert.True(names.Count <= 16);
        Assert.Contains(names.ToArray(), n => Encoding.ASCII.GetString(n) == "*.cdn.example.com");
        Assert.Equal(0, names.Dropped);
    }

    [Fact]
    public void FailedOpens_AreCountedAndBounded()
    {
        var behavior = new LearnedBehavior(new ProfileBounds { MaxFailedPaths = 3 });
        for (int i = 0; i < 10; i++)
        {
            behavior.AddFailedOpen(Encoding.UTF8.GetBytes($"/{i}"));
        }

        Assert.Equal((10L, 3), (behavior.FailedOpens, behavior.FailedPathCount));
    }

    [Theory]
    [InlineData("LearningPeriod")]
    [InlineData("MaxProfiles")]
    [InlineData("Bounds:MaxOpens")]
    public void Options_WrongValue_NameTheKey(string key)
    {
        ProfileOptions options = EventSource.Options();
        options.LearningPeriod = key == "LearningPeriod" ? TimeSpan.Zero : options.LearningPeriod;
        options.MaxProfiles = key == "MaxProfiles" ? 0 : 1;
        options.Bounds.MaxOpens = key == "Bounds:MaxOpens" ? 1 : 1000;
        Assert.Contains("Profiles:" + key, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static LearnedBehavior Behavior(Random random)
    {
        var behavior = new LearnedBehavior(Bounds);
        for (int i = random.Next(50); i > 0; i--)
        {
            behavior.Opens.Add(Encoding.UTF8.GetBytes($"/{(char)('a' + random.Next(3))}/{random.Next(70)}/{random.Next(3)}"), 1u << random.Next(3));
            behavior.Execs.Add(Encoding.UTF8.GetBytes($"/bin/{random.Next(3)}"), Encoding.UTF8.GetBytes($"x\0{random.Next(9)}\0"), random.Next(50) == 0);
            behavior.Endpoints.Add(random.Next(2) == 0, new NetAddress((UInt128)(uint)random.Next(1 << 12), false), (ushort)random.Next(1, 3), TransportProtocol.Tcp, random.Next(2) == 0 ? "a." : "b.");
            behavior.Names.Add(Encoding.UTF8.GetBytes($"n{random.Next(5)}.x"));
        }

        return behavior;
    }

    private static BehaviorSnapshot Merge(BehaviorSnapshot one, BehaviorSnapshot two)
    {
        var merged = new LearnedBehavior(Bounds);
        merged.Unite(one);
        merged.Unite(two);
        return merged.Capture();
    }

    private static string Text(BehaviorSnapshot behavior) => JsonSerializer.Serialize(Spec(behavior), ApiJsonContext.Readable.ContainerProfileSpec);

    private static ContainerProfileSpec Spec(BehaviorSnapshot behavior) => ContainerProfileBuilder.Spec(new CapturedProfile(
        ProfileIdentity.From(new InstanceId { ApiVersion = "v1", Namespace = "n", Kind = "Pod", Name = "p", ContainerName = "c" }),
        "ready", true, 0, PartialReasons.None, PartialReasons.None, behavior));
}
