// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Roots;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Tasks;

/// <summary>What the administrator, or whoever came by, put into /etc/systemd/system. Source: systemd.unit(5), systemd.timer(5).</summary>
internal static class UnitFiles
{
    private const string Folder = "/etc/systemd/system";
    private const int MaxFiles = 4096;
    private const long NsOfSecond = 1_000_000_000;

    private static readonly string[] Kinds = [".service", ".timer", ".socket", ".path", ".mount", ".automount", ".swap", ".target", ".slice"];
    private static readonly string[] Times = ["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec", "OnCalendar"];

    public static IEnumerable<UnitFile> Read(SensorRun run)
    {
        long? bootSeconds = BootSeconds(run.Root);
        foreach (string name in run.List(Folder, MaxFiles))
        {
            string path = $"{Folder}/{name}";
            if (run.Root.TryGetFacts(path, out FileFacts facts, follow: false) != ReadProblem.None)
            {
                continue;
            }

            if (facts.IsRegular && Kinds.Any(kind => name.EndsWith(kind, StringComparison.Ordinal)))
            {
                yield return One(run, name, path, facts, bootSeconds);
            }
            else if (facts.IsDirectory && name.EndsWith(".d", StringComparison.Ordinal))
            {
                foreach (string part in run.List(path, MaxFiles).Where(part => part.EndsWith(".conf", StringComparison.Ordinal)))
                {
                    if (run.Root.TryGetFacts($"{path}/{part}", out facts, follow: false) == ReadProblem.None && facts.IsRegular)
                    {
                        yield return One(run, name[..^2], $"{path}/{part}", facts, bootSeconds);
                    }
                }
            }
        }
    }

    private static UnitFile One(SensorRun run, string unit, string path, in FileFacts facts, long? bootSeconds)
    {
        var times = new List<string>();
        string? program = null;
        string? user = null;
        foreach (string line in run.Read(path, 64 << 10).Lines)
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            (string key, string value) = equals > 0 ? (line[..equals].Trim(), line[(equals + 1)..].Trim()) : (string.Empty, string.Empty);
            if (Times.Contains(key) && value.Length > 0 && times.Count < 64)
            {
                times.Add($"{key}={value}");
            }

            program ??= key == "ExecStart" && value.Length > 0 ? value.TrimStart('@', '-', ':', '+', '!', '|').Split(' ')[0] : null;
            user = key == "User" && value.Length > 0 ? value : user;
        }

        return new UnitFile
        {
            Unit = unit,
            Path = path,
            Schedule = times.Count > 0 ? string.Join("; ", times) : null,
            Program = program,
            User = user,
            // The inode's time: the other one can be set back.
            ChangedSinceBoot = bootSeconds is { } boot ? facts.ChangedNs / NsOfSecond > boot : null,
        };
    }

    // Shape: btime SECONDS. Source: proc_stat(5).
    private static long? BootSeconds(HostRoot root)
    {
        string? line = root.Read("/proc/stat").Lines.FirstOrDefault(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan("btime ".Length), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds : null;
    }
}
