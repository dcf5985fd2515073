// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.HostScan.Roots;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Platform.Rpm;

/// <summary>What rpm's database tells without rpm: how many packages there are, and when one was installed last. Its three formats are read for the counts only.</summary>
/// <param name="Count">Packages, the keys of their signers included, as <c>rpm -qa</c> counts.</param>
/// <param name="LastInstalled">When the newest transaction began that installed something; null = the format does not say it where it is cheap to read.</param>
internal sealed record RpmDatabase(int Count, DateTimeOffset? LastInstalled)
{
    /// <summary>Where it may be: newer places first.</summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        "/usr/lib/sysimage/rpm/rpmdb.sqlite", "/usr/lib/sysimage/rpm/Packages.db", "/usr/lib/sysimage/rpm/Packages", "/var/lib/rpm/rpmdb.sqlite", "/var/lib/rpm/Packages.db", "/var/lib/rpm/Packages",
    ];

    /// <returns>Null after it was said why it could not be read.</returns>
    public static RpmDatabase? Read(SensorRun run, string path)
    {
        ReadProblem problem = run.Root.Open(path, out SafeFileHandle file, out FileFacts facts);
        using (file)
        {
            if (problem != ReadProblem.None)
            {
                run.Problem($"{path}: packages are not counted ({problem})");
                return null;
            }

            try
            {
                var pages = new PagedFile(file, facts, run.Stop);
                return Path.GetFileName(path) switch
                {
                    "rpmdb.sqlite" => OfSqlite(run, path, pages),
                    "Packages.db" => new RpmDatabase(NdbSlots.Count(pages), null),
                    _ => new RpmDatabase(BerkeleyHash.Count(pages), null),
                };
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or OverflowException)
            {
                run.Problem($"{path}: packages are not counted ({(e is FormatException ? e.Message : "could not be read")})");
                return null;
            }
        }
    }

    // The key of this index is the time of a transaction, as four bytes of the machine's order.
    private static RpmDatabase OfSqlite(SensorRun run, string path, PagedFile pages)
    {
        if (run.Root.TryGetFacts(path + "-wal", out FileFacts log) == ReadProblem.None && log.SizeBytes > 0)
        {
            run.Problem($"{path}: changes that are not yet in it are not counted");
        }

        var database = new SqliteFile(pages);
        uint newest = 0;
        database.Visit("Installtid", key => newest = key.Length == sizeof(uint) ? Math.Max(newest, BitConverter.ToUInt32(key)) : newest);
        return new RpmDatabase(database.Count("Packages"), newest == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(newest));
    }
}
