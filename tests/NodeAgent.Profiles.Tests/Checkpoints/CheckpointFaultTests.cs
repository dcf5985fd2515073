// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Tests.Learning;

namespace NodeAgent.Profiles.Tests.Checkpoints;

public sealed class CheckpointFaultTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("profiles-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Kill_AfterACheckpoint_GoesOnWithContentAndRemainingTime()
    {
        string copy = Path.Combine(_directory, "copy");
        ulong now;
        await using (ProfileLearner killed = EventSource.Learner(EventSource.Options(Path.Combine(_directory, "live"))))
        {
            var source = new EventSource(killed);
            ContainerInfo container = source.Container();
            source.Tick();
            source.Tick(60);
            source.Exec(container, "/bin/a", "a", "-x");
            source.Open(container, "/etc/\nhosts");
            source.Tcp(container, FlowDirection.Outbound, "2001:db8::1", 4000, 443);
            source.DnsAnswer(container, "example.com");
            source.Tick(1);
            string file = await WrittenAsync(Path.Combine(_directory, "live"));
            Directory.CreateDirectory(copy);
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file))); // what a kill at this moment leaves
            now = source.NowNs;
        }

        await using ProfileLearner next = EventSource.Learner(EventSource.Options(copy));
        var later = new EventSource(next) { NowNs = now + (1000 * EventSource.Second) };
        ContainerInfo same = later.Container(fromStart: false);
        later.Exec(same, "/bin/b");
        later.Tick(38);
        Assert.Equal(("ready", "partial"), State(next, same));
        later.Tick(2);
        Assert.Equal(("completed", "partial"), State(next, same));
        Assert.True(next.TryGetProfile(same, out ProfileState? state));
        Assert.True(state.Profile!.WasExecutedWithArgs("/bin/a", ["a", "-x"]));
        Assert.True(state.Profile.WasExecuted("/bin/b"));
        Assert.True(state.Profile.WasOpened("/etc/\nhosts"u8));
        Assert.True(state.Profile.IsDomainInEgress("example.com"));
        Assert.Contains(await Published.RestAsync(next), s => s.Profile!.Metadata.Annotations!["node-agent.io/partial-reason"] == "agent-restarted");
    }

    [Fact]
    public async Task Format_RoundTrip_GivesTheSameBytes()
    {
        CapturedProfile captured = await CapturedAsync();
        byte[] bytes = CheckpointFormat.Write(captured);
        Assert.Equal(bytes, CheckpointFormat.Write(CheckpointFormat.Read(bytes)));
    }

    [Fact]
    public async Task Read_OfEveryTruncationAndFlip_IsRefusedClearly()
    {
        byte[] bytes = CheckpointFormat.Write(await CapturedAsync());
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] flipped = [.. bytes];
            flipped[i] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => CheckpointFormat.Read(flipped));
            Assert.Throws<InvalidDataException>(() => CheckpointFormat.Read(bytes[..i]));
        }
    }

    [Fact]
    public async Task Load_OfCorruptFiles_KeepsThemAsideAndReadsTheRest()
    {
        using var metrics = new ProfilesMetrics();
        CheckpointStore store = Store(_directory, metrics);
        CapturedProfile good = await CapturedAsync();
        Assert.True(store.TryWrite(good));
        byte[] bytes = File.ReadAllBytes(store.FileOf(good.Identity));
        File.WriteAllBytes(Path.Combine(_directory, "cut.profile"), bytes[..^5]);
        File.WriteAllBytes(Path.Combine(_directory, "empty.profile"), []);
        File.WriteAllBytes(Path.Combine(_directory, "half.profile.tmp"), bytes);
        File.WriteAllText(Path.Combine(_directory, "README"), "not ours");

        CapturedProfile loaded = Assert.Single(store.Load());

        Assert.Equal(good.Identity.Key, loaded.Identity.Key);
        Assert.Equal(2, metrics.CheckpointsCorrupt);
        Assert.Equal(2, Directory.GetFiles(_directory, "*.profile.corrupt-*").Length);
        Assert.True(File.Exists(Path.Combine(_directory, "README")));
        Assert.Empty(Directory.GetFiles(_directory, "*.tmp"));
    }

    [Fact]
    public async Task TryWrite_OnAReadOnlyFileSystem_IsCountedAndWorksAgainAfterwards()
    {
        CapturedProfile captured = await CapturedAsync();
        using Mount mount = Mount.Tmpfs(_directory, "size=1m");
        using var metrics = new ProfilesMetrics();
        CheckpointStore store = Store(_directory, metrics);
        mount.Remount("ro");
        Assert.False(store.TryWrite(captured));
        Assert.Equal(1, metrics.CheckpointErrors);
        Assert.Empty(store.Load());
        mount.Remount("rw");
        Assert.True(store.TryWrite(captured));
        Assert.Single(store.Load());
    }

    [Fact]
    public async Task TryWrite_OnAFullDisk_KeepsTheOldFileWholeAndLeavesNoRest()
    {
        CapturedProfile captured = await CapturedAsync();
        using Mount mount = Mount.Tmpfs(_directory, "size=64k");
        using var metrics = new ProfilesMetrics();
        CheckpointStore store = Store(_directory, metrics);
        Assert.True(store.TryWrite(captured));
        var large = captured with { Behavior = captured.Behavior with { Names = [new byte[200_000]] } };
        Assert.False(store.TryWrite(large));
        Assert.Equal(1, metrics.CheckpointErrors);
        Assert.Empty(Directory.GetFiles(_directory, "*.tmp"));
        Assert.Equal(captured.Behavior.Names.Length, Assert.Single(store.Load()).Behavior.Names.Length);
    }

    private static CheckpointStore Store(string directory, ProfilesMetrics metrics) =>
        new(directory, TimeProvider.System, NullLogger.Instance, metrics);

    private static (string Status, string Completion) State(ProfileLearner learner, ContainerInfo container)
    {
        Assert.True(learner.TryGetProfile(container, out ProfileState? state));
        return (state.Status, state.Completion);
    }

    private static async Task<CapturedProfile> CapturedAsync()
    {
        string directory = Directory.CreateTempSubdirectory("captured-").FullName;
        try
        {
            await using (ProfileLearner learner = EventSource.Learner(EventSource.Options(directory)))
            {
                var source = new EventSource(learner);
                ContainerInfo container = source.Container();
                source.Exec(container, "/bin/a", "a", "⋯");
                source.Open(container, [.. "/x/"u8, 0xff]);
                source.Tcp(container, FlowDirection.Inbound, "10.1.2.3", 80, 4000);
                source.DnsAnswer(container, "example.com");
                source.Tick(11);
            }

            using var metrics = new ProfilesMetrics();
            return Assert.Single(Store(directory, metrics).Load());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> WrittenAsync(string directory)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (Directory.Exists(directory) && Directory.GetFiles(directory, "*.profile") is [string file])
            {
                return file;
            }

            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("no checkpoint was written");
    }
}
