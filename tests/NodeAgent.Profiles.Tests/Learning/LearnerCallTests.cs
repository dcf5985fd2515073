// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>System calls and capabilities: as events, as sets that were read, and over a restart.</summary>
public sealed class LearnerCallTests : IDisposable
{
    private const uint Chown = 0;
    private const uint NetRaw = 13;
    private const uint Unnamed = 62;

    private readonly string _directory = Directory.CreateTempSubdirectory("na-profiles-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Events_Learned_AreSortedNamesInTheProfile()
    {
        ContainerProfileSpec spec = await Learn((source, c) =>
        {
            source.Syscall(c, Number("write"));
            source.Syscall(c, Number("accept4"));
            source.Syscall(c, Number("write"));
            source.Syscall(c, (uint)SyscallNames.NumberOf(SyscallNames.Compat, "_llseek"), compat: true);
            source.Syscall(c, 100_000);
            source.Capability(c, NetRaw);
            source.Capability(c, Chown);
            source.Capability(c, Unnamed);
            source.Capability(c, 64);
        });
        Assert.Equal(["_llseek", "accept4", "write"], spec.Syscalls!);
        Assert.Equal(["62", "CHOWN", "NET_RAW"], spec.Capabilities!);
    }

    [Fact]
    public async Task Capability_Refused_IsNoPermission()
    {
        ContainerProfileSpec spec = await Learn((source, c) => source.Capability(c, NetRaw, granted: false));
        Assert.Null(spec.Capabilities);
        Assert.Null(spec.Syscalls);
    }

    [Fact]
    public async Task Sets_ThatWereRead_FillWhatEventsLost()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo c = source.Container();
        source.Syscall(c, Number("write"));
        ulong[] words = new ulong[9];
        words[Number("read") / 64] |= 1ul << (int)(Number("read") % 64);
        learner.LearnSyscalls(c, words, default);
        learner.LearnCapabilities(c, 1ul << (int)NetRaw);
        ContainerProfileSpec spec = await Complete(learner, source);
        Assert.Equal(["read", "write"], spec.Syscalls!);
        Assert.Equal(["NET_RAW"], spec.Capabilities!);
    }

    [Fact]
    public async Task Completed_Profile_LearnsNoMore()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo c = source.Container();
        Assert.False(learner.IsLearning);
        source.Syscall(c, Number("write"));
        Assert.Equal((true, true), (learner.IsLearning, learner.IsLearningOf(c)));
        source.Tick(101);
        source.Tick(1);
        Assert.Equal((false, false), (learner.IsLearning, learner.IsLearningOf(c)));
        source.Syscall(c, Number("read"));
        source.Capability(c, NetRaw);
        learner.LearnSyscalls(c, [ulong.MaxValue], [ulong.MaxValue]);
        learner.LearnCapabilities(c, ulong.MaxValue);
        await learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(learner.Snapshots.TryRead(out ProfileSnapshot? snapshot));
        Assert.Equal(["write"], snapshot.Profile!.Spec!.Syscalls!);
        Assert.Null(snapshot.Profile.Spec.Capabilities);
    }

    [Fact]
    public async Task Checkpoint_KeepsBoth()
    {
        await LearnAndStop();
        (IReadOnlyList<string>? syscalls, IReadOnlyList<string>? capabilities) = await Continue();
        Assert.Equal(["write"], syscalls!);
        Assert.Equal(["NET_RAW"], capabilities!);
    }

    [Fact]
    public async Task Checkpoint_OfAnOlderAgent_IsReadWithoutThem()
    {
        await LearnAndStop();
        string file = Directory.GetFiles(_directory, "*.profile").Single();
        File.WriteAllBytes(file, AsVersionOne(File.ReadAllBytes(file)));
        Assert.Equal((null, null), await Continue());
    }

    private async Task LearnAndStop()
    {
        await using ProfileLearner first = EventSource.Learner(EventSource.Options(_directory));
        var source = new EventSource(first);
        ContainerInfo c = source.Container();
        source.Open(c, "/a");
        source.Syscall(c, Number("write"));
        source.Capability(c, NetRaw);
        source.Tick(60);
    }

    private async Task<(IReadOnlyList<string>? Syscalls, IReadOnlyList<string>? Capabilities)> Continue()
    {
        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory));
        var later = new EventSource(second);
        later.Open(later.Container(fromStart: false), "/b");
        ContainerProfileSpec spec = await Complete(second, later);
        Assert.Equal(["/a", "/b"], spec.Opens!.Select(open => open.Path));
        return (spec.Syscalls, spec.Capabilities);
    }

    // The lists at the end: system calls and 32-bit ones (count, words), capabilities (count, word), the level of HTTP and its services (count).
    private static byte[] AsVersionOne(byte[] file)
    {
        const int Header = 10;
        const int Hash = 32;
        int words = (int)Number("write") / 64 + 1;
        int added = 4 + (8 * words) + 4 + 4 + 8 + 4 + 4;
        byte[] older = file[..^(Hash + added)];
        BinaryPrimitives.WriteUInt16LittleEndian(older.AsSpan(4), 1);
        BinaryPrimitives.WriteInt32LittleEndian(older.AsSpan(6), older.Length - Header);
        return [.. older, .. SHA256.HashData(older)];
    }

    private static uint Number(string name) => (uint)SyscallNames.NumberOf(SyscallNames.Native, name);

    private static async Task<ContainerProfileSpec> Learn(Action<EventSource, ContainerInfo> play)
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo container = source.Container();
        source.Exec(container, "/bin/sh", "sh");
        play(source, container);
        return await Complete(learner, source);
    }

    private static async Task<ContainerProfileSpec> Complete(ProfileLearner learner, EventSource source)
    {
        source.Tick();
        source.Tick(101);
        await learner.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(learner.Snapshots.TryRead(out ProfileSnapshot? snapshot));
        return snapshot.Profile!.Spec!;
    }
}
