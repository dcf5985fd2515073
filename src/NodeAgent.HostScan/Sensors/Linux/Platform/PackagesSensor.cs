// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors.Linux.Platform.Rpm;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Platform;

/// <summary>How many packages there are, and how old. What they are belongs to an SBOM.</summary>
internal sealed class PackagesSensor() : HostSensor<PackageSummarySpec>(HostDataJsonContext.Readable.PackageSummarySpec)
{
    private const int MaxDatabaseBytes = 16 << 20;
    private const int MaxEntries = 65_536;
    private const string RebootRequired = "/run/reboot-required";

    private static readonly string[] AptLists = ["/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists"];
    private static readonly string[] ApkDatabases = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

    public override string Kind => "PackageSummary";

    public override string Variable => "packages";

    protected override PackageSummarySpec? Read(SensorRun run)
    {
        bool isRequired = run.Root.Exists(RebootRequired);
        return new PackageSummarySpec
        {
            Databases = [.. Databases(run)],
            RebootRequired = Setting.Of("rebootRequired", isRequired, RebootRequired),
            RebootPackages = isRequired ? [.. run.Read(RebootRequired + ".pkgs", 64 << 10).Lines.Where(line => line.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : [],
            UpdateSettings = Setting.Sorted(UpdateSettings(run)),
            NodeName = run.NodeName,
        };
    }

    private static IEnumerable<PackageDatabase> Databases(SensorRun run)
    {
        const string dpkg = "/var/lib/dpkg/status";
        const string pacman = "/var/lib/pacman/local";
        if (run.Root.Exists(dpkg))
        {
            yield return new PackageDatabase
            {
                Format = "dpkg",
                Path = dpkg,
                Count = Count(run, dpkg, " ok installed"u8, "Status: "u8),
                LastChanged = Modified(run.Root, dpkg),
                ListsFetched = AptLists.Select(path => Modified(run.Root, path)).FirstOrDefault(time => time is not null),
            };
        }

        foreach (string path in RpmDatabase.Paths.Where(run.Root.Exists).Take(1))
        {
            RpmDatabase? rpm = RpmDatabase.Read(run, path);
            yield return new PackageDatabase
            {
                Format = "rpm",
                Path = path,
                Count = rpm?.Count,
                LastInstalled = rpm?.LastInstalled is { } time ? Text(time) : null,
                LastChanged = Modified(run.Root, path),
                ListsFetched = Modified(run.Root, "/var/cache/dnf/last_makecache"),
            };
        }

        foreach (string path in ApkDatabases.Where(run.Root.Exists).Take(1))
        {
            yield return new PackageDatabase { Format = "apk", Path = path, Count = Count(run, path, default, "P:"u8), LastChanged = Modified(run.Root, path), ListsFetched = Modified(run.Root, "/var/cache/apk") };
        }

        if (run.Root.Exists(pacman))
        {
            yield return new PackageDatabase { Format = "pacman", Path = pacman, Count = run.List(pacman, MaxEntries).Count(name => name != "ALPM_DB_VERSION"), LastChanged = Modified(run.Root, pacman) };
        }
    }

    // Lines that begin and end so.
    private static int Count(SensorRun run, string path, ReadOnlySpan<byte> end, ReadOnlySpan<byte> begin)
    {
        ReadOnlySpan<byte> text = run.Read(path, MaxDatabaseBytes).Bytes.Span;
        int count = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            count += text[range].StartsWith(begin) && text[range].EndsWith(end) ? 1 : 0;
        }

        return count;
    }

    private static string? Modified(HostRoot root, string path) => root.TryGetFacts(path, out FileFacts facts) == ReadProblem.None
        ? Text(DateTimeOffset.FromUnixTimeMilliseconds(facts.ModifiedNs / 1_000_000))
        : null;

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static IEnumerable<HostSetting> UpdateSettings(SensorRun run)
    {
        // Shape: APT::Periodic::Unattended-Upgrade "1"; the last wins.
        const string aptFolder = "/etc/apt/apt.conf.d";
        const string aptKey = "APT::Periodic::Unattended-Upgrade";
        HostSetting? apt = null;
        foreach (string path in run.List(aptFolder, 512).Select(name => $"{aptFolder}/{name}"))
        {
            string[] lines = run.Read(path, 64 << 10).Lines;
            int at = Array.FindLastIndex(lines, line => line.TrimStart().StartsWith(aptKey, StringComparison.OrdinalIgnoreCase));
            apt = at < 0 ? apt : Setting.Of("apt.unattendedUpgrade", lines[at].Split('"') is [_, var value, ..] && value is not ("0" or ""), path, at + 1);
        }

        if (apt is not null)
        {
            yield return apt;
        }

        const string dnf = "/etc/dnf/automatic.conf";
        string[] rows = run.Read(dnf, 64 << 10).Lines;
        int row = Array.FindLastIndex(rows, line => line.Replace(" ", string.Empty, StringComparison.Ordinal).StartsWith("apply_updates=", StringComparison.Ordinal));
        if (row >= 0)
        {
            yield return Setting.Of("dnf.applyUpdates", rows[row].Split('=')[1].Trim() is "yes" or "true" or "1" or "True", dnf, row + 1);
        }
    }
}
