// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Bpf.Losses;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Recording;
using NodeAgent.Recording.Format;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Replay;

/// <summary>A recording gives the alerts of the run that was recorded, each to the byte, however often it is replayed.</summary>
public sealed class RecordingReplayTests
{
    private const ulong Pod = 21, Plain = 22, Unnamed = 23, Early = 24;
    private const string PodUid = "11111111-2222-4333-8444-555555555555";
    private static readonly string PodPath = $"/kubepods/besteffort/pod{PodUid}/{new string('a', 64)}";
    private static readonly string PlainPath = $"/docker/{new string('b', 64)}";

    [Fact]
    public async Task Replay_EverythingThatTheLoopIsTold_GivesTheSameAlerts()
    {
        RecordedMachine machine = Machine();
        (IReadOnlyList<string> live, byte[] recording) = await machine.RunAsync();

        (IReadOnlyList<string> replayed, ReplayResult result) = await ReplayAsync(recording);

        Assert.Equal(live, replayed);
        Assert.Null(result.Damage);
        Assert.NotNull(result.End);
        Assert.Equal(12, result.End.Lost);
        Assert.Equal(1, result.Malformed);

        // What a replay that leaves one of them out would not have.
        Assert.Contains(live, alert => alert.Contains("\"podName\":\"web-1\"", StringComparison.Ordinal));
        Assert.Contains(live, alert => alert.Contains("\"enriched\":true", StringComparison.Ordinal) && alert.Contains("\"containerName\":\"named\"", StringComparison.Ordinal));
        Assert.Contains(live, alert => alert.Contains("\"repeatCount\":3", StringComparison.Ordinal));
        Assert.Contains(live, alert => alert.Contains("--from-proc", StringComparison.Ordinal));
        Assert.Contains(live, alert => alert.Contains("2026-01-03T", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replay_Twice_IsTheSameToTheByte()
    {
        (_, byte[] recording) = await Machine().RunAsync();

        Assert.Equal((await ReplayAsync(recording)).Alerts, (await ReplayAsync(recording)).Alerts);
    }

    [Fact]
    public async Task Replay_Cooldown_RunsOnTheTimeOfTheEvents()
    {
        (_, byte[] recording) = await Machine().RunAsync();

        // The recording has minutes of events, the replay takes no second.
        (IReadOnlyList<string> all, _) = await ReplayAsync(recording, new RulesOptions { Cooldown = TimeSpan.Zero });
        (IReadOnlyList<string> folded, _) = await ReplayAsync(recording, new RulesOptions { Cooldown = TimeSpan.FromSeconds(30) });
        (IReadOnlyList<string> longer, _) = await ReplayAsync(recording, new RulesOptions { Cooldown = TimeSpan.FromHours(1) });

        Assert.True(all.Count > folded.Count);
        Assert.NotEqual(folded, longer);
    }

    [Fact]
    public async Task Replay_OneContainerRecorded_HasItsAlertsFromItsFirstEventOn()
    {
        RecordedMachine machine = Machine(new RecordedChoice(["named"]));
        (IReadOnlyList<string> live, byte[] recording) = await machine.RunAsync();

        (IReadOnlyList<string> replayed, ReplayResult result) = await ReplayAsync(recording);

        string[] own = [.. live.Where(alert => alert.Contains(new string('b', 64), StringComparison.Ordinal))];
        Assert.Equal(own, replayed);
        Assert.True(own.Length >= 3);
        Assert.Equal(7, result.End!.Lost); // the machine's, which may be of the container, and not the pod's
        Assert.DoesNotContain(PodUid, System.Text.Encoding.Latin1.GetString(Entries(recording)), StringComparison.Ordinal);
        Assert.Null(result.Damage);
    }

    [Fact]
    public async Task Replay_NothingFits_SaysHowMuchDidNot()
    {
        RecordedMachine machine = Machine(maxBytes: 1500);
        (_, byte[] recording) = await machine.RunAsync();

        (IReadOnlyList<string> alerts, ReplayResult result) = await ReplayAsync(recording);

        Assert.Empty(alerts);
        Assert.True(recording.Length <= 1500, $"{recording.Length} bytes");
        Assert.True(result.End!.NotWritten > 20);
    }

    [Fact]
    public async Task Replay_OtherWireVersion_IsAClearError()
    {
        (_, byte[] recording) = await Machine().RunAsync();
        byte[] other = Rewritten(recording, header => header with
        {
            Wire = header.Wire.ToDictionary(one => one.Key, one => one.Key == "na_exec" ? "0123456789abcdef" : one.Value),
        });

        FormatException error = await Assert.ThrowsAsync<FormatException>(() => ReplayAsync(other));

        Assert.Contains("Task in another version of the wire format (recorded by agent 1.2.3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OtherWireVersionOfKindsThatAreNotInIt_IsReplayed()
    {
        (IReadOnlyList<string> live, byte[] recording) = await Machine().RunAsync();
        byte[] other = Rewritten(recording, header => header with
        {
            Wire = header.Wire.ToDictionary(one => one.Key, one => one.Key == "na_dns" ? "0123456789abcdef" : one.Value),
        });

        Assert.Equal(live, (await ReplayAsync(other)).Alerts);
    }

    [Fact]
    public async Task Replay_OtherFormatVersion_IsAClearError()
    {
        (_, byte[] recording) = await Machine().RunAsync();

        FormatException error = await Assert.ThrowsAsync<FormatException>(() => ReplayAsync(Rewritten(recording, header => header with { Version = 2 })));

        Assert.Equal("has version 2 of the format, and this program reads 1", error.Message);
    }

    internal static async Task<(IReadOnlyList<string> Alerts, ReplayResult Result)> ReplayAsync(
        byte[] recording, RulesOptions? settings = null, IReadOnlyList<RuntimeRule>? rules = null)
    {
        var alerts = new List<string>();
        using var file = new MemoryStream(recording);
        ReplayResult result = await RecordingReplay.RunAsync(
            file, new ReplayOptions { Rules = rules, Settings = settings ?? new RulesOptions { Cooldown = TimeSpan.FromSeconds(30) } }, alert => alerts.Add(RecordedMachine.Line(alert)));
        return (alerts, result);
    }

    /// <summary>Everything that a recording can hold.</summary>
    internal static RecordedMachine Machine(RecordedChoice? choice = null, long maxBytes = 1 << 20)
    {
        var machine = new RecordedMachine { Choice = choice, MaxBytes = maxBytes };
        machine.Cgroups.Add(new("/system.slice", 3));
        machine.Cgroups.Add(new("/system.slice/cron.service", Early));
        machine.Tasks.Add(RecordBuilder.Exec("/usr/sbin/cron", [], pid: 50, timeNs: 1, cgroupId: Early, kind: EventKind.Task));
        machine.Arguments[50] = "cron\0--from-proc\0"u8.ToArray();
        machine.After(0.2, () =>
        {
            machine.Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, PodPath, Pod, timeNs: machine.NowNs));
            machine.Feed(RecordBuilder.Cgroup(EventKind.CgroupMkdir, PlainPath, Plain, timeNs: machine.NowNs));
            Execute(machine, 60, Plain);
            Execute(machine, 61, Pod);
            machine.Feed(RecordBuilder.Fork(50, 51, machine.NowNs, Early));
            Execute(machine, 51, Early);
            Execute(machine, 62, Unnamed);
            machine.Feed([1, 2, 3]);
        });
        machine.After(1.2, () =>
        {
            machine.Name(Plain, known => known with { ContainerName = "named", Source = IdentitySource.Runtime });
            machine.Find(Unnamed, "/somebody's");
            machine.Lose(new LossDelta(EventKind.Exec, 0, 7));
            machine.Lose(new LossDelta(EventKind.Exec, Pod, 5));
            machine.Pods.Put(new PodRecord { Uid = PodUid, Name = "web-1", Namespace = "shop" });
        });
        machine.After(0.1, () => machine.NameLate(Plain, new ContainerIdentity { ContainerName = "wrong" }));
        machine.After(2, () => Execute(machine, 60, Plain));
        machine.After(3, () =>
        {
            Execute(machine, 60, Plain);
            Execute(machine, 61, Pod);
        });
        machine.After(0, () => machine.JumpWallClock(TimeSpan.FromDays(1)));
        machine.After(100, () => Execute(machine, 70, Plain));
        machine.After(0.05, () => Execute(machine, 71, Pod));
        return machine;
    }

    private static void Execute(RecordedMachine machine, uint pid, ulong cgroupId) =>
        machine.Feed(RecordBuilder.Exec("memfd:x", ["x", "--now"], pid: pid, timeNs: machine.NowNs - 1000, cgroupId: cgroupId, parentPid: 50, flags: ExecFlags.Memfd));

    private static byte[] Rewritten(byte[] recording, Func<RecordingHeader, RecordingHeader> change)
    {
        using var file = new MemoryStream();
        using var reader = new RecordingReader(new MemoryStream(recording));
        using (var writer = new RecordingWriter(file, change(reader.Header), long.MaxValue))
        {
            while (reader.TryRead(out EntryType type, out ReadOnlySpan<byte> entry))
            {
                writer.Append(type, entry, default);
            }

            writer.End();
        }

        return file.ToArray();
    }

    private static byte[] Entries(byte[] recording)
    {
        using var all = new MemoryStream();
        using var reader = new RecordingReader(new MemoryStream(recording));
        while (reader.TryRead(out _, out ReadOnlySpan<byte> entry))
        {
            all.Write(entry);
        }

        return all.ToArray();
    }
}
