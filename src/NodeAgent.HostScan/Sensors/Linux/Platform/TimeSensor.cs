// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Linux.Platform;

/// <summary>Who sets the clock: certificates, tokens and logs rest on it.</summary>
internal sealed class TimeSensor() : HostSensor<TimeSynchronisationSpec>(HostDataJsonContext.Readable.TimeSynchronisationSpec)
{
    private const int MaxServers = 256;

    private static readonly string[] Programs = ["chronyd", "ntpd", "ntpd-rs", "ntp-daemon", "openntpd", "phc2sys", "ptp4l", "systemd-timesyncd", "timemaster", "VBoxService", "vmtoolsd"];
    private static readonly string[] Units = ["chrony.service", "chronyd.service", "ntp.service", "ntpd.service", "ntpsec.service", "ntpd-rs.service", "openntpd.service", "phc2sys.service", "ptp4l.service", "systemd-timesyncd.service"];
    private static readonly string[] Files = ["/etc/chrony.conf", "/etc/chrony/chrony.conf", "/etc/ntp.conf", "/etc/ntpsec/ntp.conf", "/etc/openntpd/ntpd.conf", "/etc/systemd/timesyncd.conf"];
    private static readonly string[] Folders = ["/etc/chrony/conf.d", "/etc/chrony/sources.d", "/etc/chrony.d", "/etc/systemd/timesyncd.conf.d", "/usr/lib/systemd/timesyncd.conf.d"];
    private static readonly string[] Keys = ["NTP", "FallbackNTP", "peer", "pool", "refclock", "server", "servers", "sourcedir"];

    public override string Kind => "TimeSynchronisation";

    public override string Variable => "time";

    protected override TimeSynchronisationSpec? Read(SensorRun run)
    {
        var servers = new List<HostSetting>();
        foreach (string path in Files.Concat(Folders.SelectMany(folder => run.List(folder, 256).Select(name => $"{folder}/{name}"))))
        {
            AddServers(run, path, servers);
        }

        const string clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
        return new TimeSynchronisationSpec
        {
            // Of containers' own programs none sets the node's clock, unless it may: those are shown by the runtime.
            Running = [.. Programs.Where(program => run.Processes.Named(program).Any()).Order(StringComparer.Ordinal)],
            Enabled = [.. Enabled(run)],
            Servers = servers,
            Synchronised = Synchronised(run),
            TimeZone = Zone(run.Root.ReadLink("/etc/localtime")),
            ClockSource = run.Root.ReadLine(clock),
            NodeName = run.NodeName,
        };
    }

    // Units that a link in the folder of some target starts.
    private static IEnumerable<string> Enabled(SensorRun run)
    {
        string[] wants = [.. run.List("/etc/systemd/system").Where(name => name.EndsWith(".wants", StringComparison.Ordinal))];
        return Units.Where(unit => wants.Any(folder => run.Root.ReadLink($"/etc/systemd/system/{folder}/{unit}") is not null)).Order(StringComparer.Ordinal);
    }

    // systemd-timesyncd makes this file when it has set the clock. Source: systemd-timesyncd.service(8).
    private static bool? Synchronised(SensorRun run) =>
        run.Root.Exists("/run/systemd/timesync/synchronized") ? true : run.Processes.Named("systemd-timesyncd").Any() ? false : null;

    private static void AddServers(SensorRun run, string path, List<HostSetting> servers)
    {
        string[] lines = run.Read(path, 256 << 10).Lines;
        for (int number = 1; number <= lines.Length; number++)
        {
            string[] words = lines[number - 1].Split((char[])[' ', '\t', '='], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length != 2 || !Keys.Contains(words[0]) || words[1].Length == 0)
            {
                continue;
            }

            if (servers.Count == MaxServers)
            {
                run.Problem($"more than {MaxServers} sources of time, the rest is left out");
                return;
            }

            servers.Add(Setting.Of(words[0], words[1], path, number));
        }
    }

    private static string? Zone(string? link) =>
        link is not null && link.IndexOf("zoneinfo/", StringComparison.Ordinal) is >= 0 and int at ? link[(at + "zoneinfo/".Length)..] : null;
}
