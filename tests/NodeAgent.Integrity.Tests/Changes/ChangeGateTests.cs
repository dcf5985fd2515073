// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Watching;

namespace NodeAgent.Integrity.Tests.Changes;

public sealed class ChangeGateTests
{
    private const ulong Second = 1_000_000_000;
    private readonly ChangeGate _gate = new();

    [Fact]
    public void IsRepeat_WithinASecond_IsTakenOnceMoreWithItsCount()
    {
        FileObservation seen = Seen(5, 100);
        Assert.False(Repeats(seen, Second));
        _gate.Note(seen, Second);
        Assert.True(Repeats(seen, Second + 1));
        Assert.True(Repeats(seen, Second + 2));

        Assert.Empty(_gate.TakeDue((2 * Second) - 1));
        Assert.Equal(2, Assert.Single(_gate.TakeDue(2 * Second)).Repeats);
        Assert.Empty(_gate.TakeDue(4 * Second));
        Assert.False(Repeats(seen, 4 * Second));
    }

    [Fact]
    public void IsRepeat_AnotherFileProcessOrUnknownInode_No()
    {
        _gate.Note(Seen(5, 100), Second);
        _gate.Note(Seen(0, 100), Second);

        Assert.False(Repeats(Seen(6, 100), Second));
        Assert.False(Repeats(Seen(5, 101), Second));
        Assert.False(Repeats(Seen(0, 100), Second));
        Assert.True(Repeats(Seen(5, 100), Second));
    }

    [Fact]
    public void TrySpend_Flood_CutsOneUnitAndNoOther()
    {
        int passed = Enumerable.Range(0, 10_000).Count(_ => _gate.TrySpend(7, Second));

        Assert.Equal(2000, passed);
        Assert.True(_gate.TrySpend(8, Second));
        Assert.False(_gate.TrySpend(7, Second + 1));
        Assert.True(_gate.TrySpend(7, 2 * Second));
        Assert.Equal(99, Enumerable.Range(0, 1000).Count(_ => _gate.TrySpend(7, 2 * Second)));
    }

    private bool Repeats(FileObservation seen, ulong nowNs) => _gate.IsRepeat(seen.Change, seen.Inode, seen.Device, seen.Process, nowNs);

    internal static FileObservation Seen(ulong inode, uint pid, string path = "/etc/file", string executable = "/bin/sh") => new(
        FileChanges.Change, new WatchedPath(PathPattern.Parse("/etc"), WatchScopes.Host), true, path, null, null, inode, 1, new ProcessKey(pid, 1), ContainerInfo.Unknown, executable, Alert("first"));

    internal static RuntimeAlerts Alert(string time) => new()
    {
        Metadata = new AlertMetadata("node", "default"),
        Spec = new RuntimeAlertsSpec
        {
            Alerts = [new RuntimeAlert { AlertName = "x", Arguments = new AlertArguments { AlertId = "id" }, Timestamp = time, UniqueId = "u", RuleId = "NA-F002", Message = "m" }],
        },
    };
}
