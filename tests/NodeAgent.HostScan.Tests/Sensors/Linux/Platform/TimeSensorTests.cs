// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux.Platform;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Platform;

public sealed class TimeSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Chrony_TellsSourcesWithTheirLines()
    {
        _tree.Process(9, "/usr/sbin/chronyd", ["/usr/sbin/chronyd", "-F", "1"]).Link("/etc/systemd/system/multi-user.target.wants/chrony.service", "/lib/systemd/system/chrony.service")
            .File("/etc/chrony/chrony.conf", "# pool no\npool 2.debian.pool.ntp.org iburst\nserver\nkeyfile /etc/chrony/chrony.keys\n").File("/etc/chrony/sources.d/x.sources", "server time.example\n")
            .Link("/etc/localtime", "/usr/share/zoneinfo/Europe/Berlin").File("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");

        TimeSynchronisationSpec spec = Read();

        Assert.Equal(["chronyd"], spec.Running!);
        Assert.Equal(["chrony.service"], spec.Enabled!);
        Assert.Equal(["pool=2.debian.pool.ntp.org iburst /etc/chrony/chrony.conf:2", "server=time.example /etc/chrony/sources.d/x.sources:1"], spec.Servers!.Select(server => $"{server.Key}={server.Value} {server.Source}:{server.Line}"));
        Assert.Equal(("Europe/Berlin", "tsc"), (spec.TimeZone, spec.ClockSource));
        Assert.Null(spec.Synchronised);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_Timesyncd_SaysWhetherTheClockWasSet(bool isSet)
    {
        _tree.Process(9, "/lib/systemd/systemd-timesyncd", ["/lib/systemd/systemd-timesyncd"]).File("/etc/systemd/timesyncd.conf", "[Time]\n#NTP=no\nNTP=a.example b.example\nFallbackNTP=\n");
        if (isSet)
        {
            _tree.File("/run/systemd/timesync/synchronized", "");
        }

        TimeSynchronisationSpec spec = Read();

        Assert.Equal(isSet, spec.Synchronised);
        Assert.Equal("NTP=a.example b.example 3", $"{spec.Servers![0].Key}={spec.Servers[0].Value} {spec.Servers[0].Line}");
        Assert.Single(spec.Servers);
    }

    [Fact]
    public void Read_HostWithNothing_IsEmpty()
    {
        TimeSynchronisationSpec spec = Read();

        Assert.Empty(spec.Running!);
        Assert.Empty(spec.Enabled!);
        Assert.Empty(spec.Servers!);
        Assert.Null(spec.TimeZone);
    }

    private TimeSynchronisationSpec Read() => SensorScan.Of(new TimeSensor(), HostDataJsonContext.Readable.TimeSynchronisationSpec, _tree).Spec!;
}
