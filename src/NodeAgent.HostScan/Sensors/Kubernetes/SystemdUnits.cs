// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>The files of a service: its unit, its drop-ins, and what they take variables from. Source: systemd.unit(5), systemd.exec(5).</summary>
internal static class SystemdUnits
{
    private const int MaxDropIns = 64;
    private const int MaxFiles = 200;

    // In order of precedence. /lib is a link to /usr/lib where the two are merged.
    private static readonly string[] Folders =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <summary>Owner, mode and hash; never the content, since variables in units may hold secrets.</summary>
    /// <param name="unit">Shape: <c>kubelet.service</c>.</param>
    public static IReadOnlyList<HostFile>? ServiceFiles(this SensorRun run, string unit)
    {
        if (unit.Contains('/', StringComparison.Ordinal) || unit.Length is 0 or > 255)
        {
            return null;
        }

        var paths = new List<string>();
        bool isMerged = run.Root.ReadLink("/lib") is not null;
        foreach (string folder in Folders.Where(folder => !isMerged || !folder.StartsWith("/lib/", StringComparison.Ordinal)))
        {
            if (run.Root.Exists($"{folder}/{unit}"))
            {
                paths.Add($"{folder}/{unit}");
            }

            paths.AddRange(run.Files($"{folder}/{unit}.d", MaxDropIns, ".conf"));
        }

        paths.AddRange(paths.SelectMany(path => EnvironmentFiles(run, path)).Distinct(StringComparer.Ordinal).Where(run.Root.Exists).ToArray());
        HostFile[] files = [.. paths.Take(MaxFiles).Select(path => run.Describe(path, FileContent.Hash)).OfType<HostFile>()];
        return files.Length == 0 ? null : files;
    }

    // Shape: EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env; the dash says that it need not be there.
    private static IEnumerable<string> EnvironmentFiles(SensorRun run, string unit) =>
        run.Read(unit).Lines
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("EnvironmentFile=", StringComparison.Ordinal))
            .Select(line => line["EnvironmentFile=".Length..].TrimStart('-').Trim())
            .Where(path => path.StartsWith('/') && !path.Contains('*', StringComparison.Ordinal) && !path.Contains('%', StringComparison.Ordinal));
}
