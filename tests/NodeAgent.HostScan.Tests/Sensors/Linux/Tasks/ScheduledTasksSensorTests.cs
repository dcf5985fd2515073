// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Tasks;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Tasks;

public sealed class ScheduledTasksSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Cron_TellsWhatRunsWhenAndAsWhom()
    {
        const UnixFileMode program = (UnixFileMode)0b111_101_101;
        _tree.File("/etc/crontab", "SHELL=/bin/sh\nPASSWORD = canary\n# x\n17 *\t* * *\troot cd / && run-parts /etc/cron.hourly\n@reboot me TOKEN=canary /usr/bin/start --password canary\n1 2 3\n")
            .File("/etc/cron.d/job", "*/5 * * * * www /opt/job\n").File("/etc/cron.d/.placeholder", "* * * * * root no\n").File("/etc/cron.d/old.dpkg-dist", "* * * * * root no\n")
            .File("/var/spool/cron/crontabs/alice", "@daily backup\n").File("/var/spool/cron/root", "0 1 * * * /root/x\n").File("/etc/anacrontab", "1 5 cron.daily run-parts /etc/cron.daily\n")
            .File("/etc/cron.daily/apt", "#!/bin/sh\n", program).File("/etc/cron.daily/notes", "x");

        (ScheduledTasksSpec spec, string? problems) = Read();

        Assert.Equal(
            [
                "/etc/anacrontab:1 every 1 days root run-parts", "/etc/cron.d/job:1 */5 * * * * www /opt/job", "/etc/cron.daily/apt: daily root /etc/cron.daily/apt", "/etc/crontab:4 17 * * * * root cd",
                "/etc/crontab:5 @reboot me /usr/bin/start", "/var/spool/cron/crontabs/alice:1 @daily alice backup", "/var/spool/cron/root:1 0 1 * * * root /root/x",
            ],
            spec.CronTasks!.Select(task => $"{task.Source}:{task.Line} {task.Schedule} {task.User} {task.Program}"));
        Assert.Equal("/etc/crontab: line 6 is no task", problems);
        Assert.DoesNotContain("canary", string.Concat(spec.CronTasks!), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Units_TellWhatTheAdministratorMade()
    {
        _tree.File("/proc/stat", "cpu 1\nbtime 1\n").File("/etc/systemd/system/backup.timer", "[Timer]\nOnCalendar=daily\nOnBootSec = 5min\n")
            .File("/etc/systemd/system/backup.service", "[Service]\nUser=back\nExecStart=-/usr/bin/backup --password canary\nEnvironment=TOKEN=canary\n")
            .File("/etc/systemd/system/ssh.service.d/override.conf", "[Service]\nExecStart=\nExecStart=/opt/evil\n").Link("/etc/systemd/system/sshd.service", "/lib/systemd/system/ssh.service")
            .File("/etc/systemd/system/multi-user.target.wants/x.service", "x").Link("/etc/systemd/system/a.service", "a.service");

        (ScheduledTasksSpec spec, string? problems) = Read();

        Assert.Equal(
            [
                "backup.service /etc/systemd/system/backup.service  /usr/bin/backup back True", "backup.timer /etc/systemd/system/backup.timer OnCalendar=daily; OnBootSec=5min   True",
                "ssh.service /etc/systemd/system/ssh.service.d/override.conf  /opt/evil  True",
            ],
            spec.Units!.Select(unit => $"{unit.Unit} {unit.Path} {unit.Schedule} {unit.Program} {unit.User} {unit.ChangedSinceBoot}"));
        Assert.Null(problems);
        Assert.DoesNotContain("canary", string.Concat(spec.Units!), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnitsOlderThanTheStart_AreNotChanged()
    {
        _tree.File("/proc/stat", $"btime {DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()}\n").File("/etc/systemd/system/a.service", "[Service]\n");

        Assert.False(Assert.Single(Read().Spec.Units!).ChangedSinceBoot);
    }

    [Fact]
    public void Read_HostWithNeither_IsEmpty()
    {
        (ScheduledTasksSpec spec, string? problems) = Read();

        Assert.Empty(spec.CronTasks!);
        Assert.Empty(spec.Units!);
        Assert.Null(problems);
    }

    [Fact]
    public void Read_VeryManyTasks_AreBounded()
    {
        _tree.File("/etc/cron.d/many", string.Concat(Enumerable.Repeat("* * * * * root /x\n", 2000)));

        (ScheduledTasksSpec spec, string? problems) = Read();

        Assert.Equal(1024, spec.CronTasks!.Count);
        Assert.Equal("/etc/cron.d/many: more than 1024 tasks, the rest is left out", problems);
    }

    private (ScheduledTasksSpec Spec, string? Problems) Read()
    {
        (ScheduledTasksSpec? spec, string? problems) = SensorScan.Of(new ScheduledTasksSensor(), HostDataJsonContext.Readable.ScheduledTasksSpec, _tree);
        return (spec!, problems);
    }
}
