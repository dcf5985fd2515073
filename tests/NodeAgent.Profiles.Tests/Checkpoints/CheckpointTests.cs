// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("na-profiles-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Restart_WhileLearning_GoesOnWithTheRemainingTime()
    {
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory)))
        {
            var source = new EventSource(first);
            ContainerInfo c = source.Container();
            source.Exec(c, "/bin/sh", "sh");
            source.Open(c, "/a", 2);
            source.Tcp(c, FlowDirection.Outbound, "1.1.1.1", 1, 443);
            source.DnsAnswer(c, "one.one");
            source.Open(c, "/none", error: 2);
            source.Tcp(c, FlowDirection.Outbound, "1.1.1.2", 1, 443, error: 111);
            source.Tick(60);
        }

        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory));
        var later = new EventSource(second) { NowNs = 5 * EventSource.Second }; // the machine restarted too: boot time began anew
        ContainerInfo again = later.Container(fromStart: false);
        later.Open(again, "/b");
        later.Tick(39);
        Assert.Equal(("ready", "partial"), State(second, again));
        later.Tick(1);
        Assert.Equal(("completed", "partial"), State(second, again));
        await second.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(second.Snapshots.TryRead(out ProfileSnapshot? snapshot));
        Assert.Equal("agent-restarted", snapshot.Profile!.Metadata.Annotations!["node-agent.io/partial-reason"]);
        Assert.Equal("1", snapshot.Profile.Metadata.Annotations["node-agent.io/failed-opens"]);
        Assert.Equal("1", snapshot.Profile.Metadata.Annotations["node-agent.io/failed-connects"]);
        Assert.Equal(["/a", "/b"], snapshot.Profile.Spec!.Opens!.Select(o => o.Path!));
        Assert.Equal(["sh"], snapshot.Profile.Spec.Execs!.Single().Args!);
        Assert.Equal(["1.1.1.1", null], snapshot.Profile.Spec.Egress!.Select(n => n.IpAddress));
    }

    [Fact]
    public async Task Kill_AfterACheckpoint_LosesNothingOfIt()
    {
        ProfileLearner killed = EventSource.Learner(EventSource.Options(_directory));
        var source = new EventSource(killed);
        source.Open(source.Container(), "/a");
        source.Tick(30);
        await Until(() => Directory.GetFiles(_directory, "*.profile").Length == 1);

        // Never stopped: as after SIGKILL. What the second one finds is only what was on the disk.
        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory));
        var later = new EventSource(second) { NowNs = source.NowNs };
        ContainerInfo c = later.Container(fromStart: false);
        later.Open(c, "/b");
        later.Tick(70);
        Assert.Equal("completed", State(second, c).Status);
        second.TryGetProfile(c, out ProfileState? state);
        Assert.True(state!.Profile!.WasOpened("/a"));
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task Restart_AfterCompletion_IsCompletedBeforeTheFirstEvent()
    {
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory)))
        {
            var source = new EventSource(first);
            source.Exec(source.Container(), "/bin/sh", "sh");
            source.Tick(100);
        }

        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory));
        ContainerInfo c = new EventSource(second).Container(fromStart: false);
        Assert.Equal(("completed", "complete"), State(second, c));
        Assert.True(second.TryGetProfile(c, out ProfileState? state) && state.Profile!.WasExecuted("/bin/sh"));
    }

    [Fact]
    public async Task Restart_ContainerEndedMeanwhile_IsCompletedAsPartial()
    {
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory)))
        {
            var source = new EventSource(first);
            source.Open(source.Container(), "/a");
            source.Tick(30);
        }

        await using ProfileLearner second = EventSource.Learner(EventSource.Options(_directory));
        var later = new EventSource(second);
        later.Tick();
        later.Tick(130);
        await second.StopAsync(TestContext.Current.CancellationToken);
        Assert.True(second.Snapshots.TryRead(out ProfileSnapshot? snapshot));
        Assert.Equal(("completed", "partial"), (snapshot.Profile!.Metadata.Annotations!["kubescape.io/status"], snapshot.Profile.Metadata.Annotations["kubescape.io/completion"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(-1)]
    public async Task CorruptFile_IsKeptAsideAndSaid(int length)
    {
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory)))
        {
            var source = new EventSource(first);
            source.Open(source.Container(), "/a");
            source.Tick(2);
        }

        string file = Directory.GetFiles(_directory).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^40] ^= 1;
        await File.WriteAllBytesAsync(file, length < 0 ? bytes : bytes[..length], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file + ".tmp", "left over", TestContext.Current.CancellationToken);
        var log = new ListLogger();
        await using var second = new ProfileLearner(EventSource.Options(_directory), new FakeNames(), TimeProvider.System, log);
        Assert.Contains(log.Messages, m => m.Contains("is corrupt", StringComparison.Ordinal));
        Assert.StartsWith(file + ".corrupt-", Directory.GetFiles(_directory).Single());
        ContainerInfo c = new EventSource(second).Container();
        Assert.Equal("initializing", State(second, c).Status);
    }

    [Fact]
    public async Task Write_CutOffInTheMiddle_TheStateBeforeItIsUsedAndThatIsSaid()
    {
        await using (ProfileLearner first = EventSource.Learner(EventSource.Options(_directory)))
        {
            var source = new EventSource(first);
            source.Open(source.Container(), "/a");
            source.Tick(20);
        }

        string file = Directory.GetFiles(_directory).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file + ".tmp", bytes[..(bytes.Length / 2)], TestContext.Current.CancellationToken);
        var log = new ListLogger();
        await using var second = new ProfileLearner(EventSource.Options(_directory), new FakeNames(), TimeProvider.System, log);

        Assert.Contains(log.Messages, message => message.Contains("cut off", StringComparison.Ordinal) && message.Contains(file, StringComparison.Ordinal));
        Assert.Equal([file], Directory.GetFiles(_directory));
        var later = new EventSource(second);
        ContainerInfo again = later.Container(fromStart: false);
        later.Open(again, "/b");
        later.Tick(100);
        Assert.True(second.TryGetProfile(again, out ProfileState? state) && state.Profile!.WasOpened("/a"));
    }

    [Fact]
    public void Read_AnyFlippedByte_IsRefused()
    {
        var learner = new LearnedProfile(Profiles.Assembly.ProfileIdentity.Of(new ContainerInfo(1, "/a"), EventSource.Options()), new ProfileBounds());
        learner.Behavior.Opens.Add("/x"u8, 1);
        byte[] bytes = CheckpointFormat.Write(learner.Capture(0));
        Assert.Equal("/x"u8.ToArray(), CheckpointFormat.Read(bytes).Behavior.Opens.Single().Key);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] bad = [.. bytes];
            bad[i] ^= 0x80;
            Assert.Throws<InvalidDataException>(() => CheckpointFormat.Read(bad));
            Assert.Throws<InvalidDataException>(() => CheckpointFormat.Read(bytes[..i]));
        }
    }

    [Fact]
    public async Task UnwritableDirectory_IsSaidOnceRetriedAndRecovers()
    {
        // A file where the directory should be refuses root too, which permissions do not.
        string path = Path.Combine(_directory, "profiles");
        await File.WriteAllTextAsync(path, "in the way", TestContext.Current.CancellationToken);
        var log = new ListLogger();
        ProfileOptions options = EventSource.Options(path);
        options.CheckpointInterval = TimeSpan.FromMilliseconds(20);
        await using var learner = new ProfileLearner(options, new FakeNames(), TimeProvider.System, log);
        var source = new EventSource(learner);
        ContainerInfo c = source.Container();
        for (int i = 0; i < 5; i++)
        {
            source.Open(c, $"/a{i}");
            source.Tick(1);
        }

        await Until(() => log.Messages.Any(m => m.Contains("fail", StringComparison.Ordinal)));
        File.Delete(path);
        await Until(() => Directory.Exists(path) && Directory.GetFiles(path, "*.profile").Length == 1);
        await Until(() => log.Messages.Any(m => m.Contains("written again", StringComparison.Ordinal)));
        Assert.Single(log.Messages, m => m.Contains("fail", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FullDisk_IsCountedAndSurvived()
    {
        string small = Path.Combine(_directory, "small");
        Directory.CreateDirectory(small);
        using var mount = System.Diagnostics.Process.Start("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", small]);
        await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(mount.ExitCode == 0, "needs the right to mount a tmpfs");
        try
        {
            var log = new ListLogger();
            await using var learner = new ProfileLearner(EventSource.Options(small), new FakeNames(), TimeProvider.System, log);
            var source = new EventSource(learner);
            ContainerInfo c = source.Container();
            for (int i = 0; i < 500; i++)
            {
                source.Open(c, $"/some/longer/path/to/fill/the/disk/{i}/{i}");
            }

            source.Tick(1);
            await Until(() => log.Messages.Any(m => m.Contains("fail", StringComparison.Ordinal)));
            Assert.Equal("initializing", State(learner, c).Status);
        }
        finally
        {
            using var unmount = System.Diagnostics.Process.Start("umount", [small]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static (string Status, string Completion) State(ProfileLearner learner, ContainerInfo container) =>
        learner.TryGetProfile(container, out ProfileState? state) ? (state.Status, state.Completion) : ("none", "none");

    private static async Task Until(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(10, timeout.Token);
        }
    }

    private sealed class ListLogger : ILogger<ProfileLearner>
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _messages = new();

        public IReadOnlyCollection<string> Messages => _messages;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _messages.Enqueue(formatter(state, exception));
    }
}
