// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Integrity.Changes;

namespace NodeAgent.Integrity.Tests.Changes;

public sealed class RepeatedChangesTests
{
    private readonly Clock _clock = new();
    private readonly List<RuntimeAlerts> _sent = [];

    [Fact]
    public void Admit_SameFileAndProgram_FirstIsToldRestIsCounted()
    {
        RepeatedChanges repeated = Make(5);
        Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1), ChangeGateTests.Alert("1")));
        Assert.False(repeated.Admit(ChangeGateTests.Seen(1, 2), ChangeGateTests.Alert("2")));
        Assert.False(repeated.Admit(ChangeGateTests.Seen(1, 3) with { Repeats = 4 }, ChangeGateTests.Alert("3")));

        repeated.SendDue();
        Assert.Empty(_sent);
        _clock.Now += TimeSpan.FromMinutes(5);
        repeated.SendDue();

        AlertArguments told = Assert.Single(_sent).Spec.Alerts[0].Arguments;
        Assert.Equal((6L, "2", "3"), (told.RepeatCount, told.FirstTime, told.LastTime));
        Assert.NotEqual("id", told.AlertId);
        Assert.Equal(6, repeated.Folded);
    }

    [Fact]
    public void Admit_OtherFileProgramOrTime_IsTold()
    {
        RepeatedChanges repeated = Make(5);
        Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1), ChangeGateTests.Alert("1")));

        Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1, "/etc/other"), ChangeGateTests.Alert("1")));
        Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1, executable: "/bin/vi"), ChangeGateTests.Alert("1")));
        _clock.Now += TimeSpan.FromMinutes(5);
        Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1), ChangeGateTests.Alert("1")));
    }

    [Fact]
    public void Admit_MoreThanItRemembers_ToldAndNotLost()
    {
        RepeatedChanges repeated = Make(5);
        for (int at = 0; at < 3000; at++)
        {
            Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1, $"/etc/{at}"), ChangeGateTests.Alert("1")));
            Assert.False(repeated.Admit(ChangeGateTests.Seen(1, 1, $"/etc/{at}"), ChangeGateTests.Alert("2")));
        }

        repeated.SendDue(all: true);
        Assert.Equal(3000, _sent.Sum(alert => alert.Spec.Alerts[0].Arguments.RepeatCount));
    }

    [Fact]
    public void Admit_NoPeriod_AllAreTold()
    {
        RepeatedChanges repeated = Make(0);

        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(repeated.Admit(ChangeGateTests.Seen(1, 1), ChangeGateTests.Alert("1"))));
    }

    private RepeatedChanges Make(int minutes) => new(TimeSpan.FromMinutes(minutes), _clock, _sent.Add);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
