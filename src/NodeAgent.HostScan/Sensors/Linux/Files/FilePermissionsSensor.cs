// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors.Linux.Disks;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Files;

/// <summary>
/// Files that run as somebody else, that everybody may write, or that nobody owns. Walked is where programs, their settings and their data are; not /proc, /sys, /run and /dev, which
/// the kernel and services make anew at each start, and not the folders of containers' files.
/// </summary>
internal sealed class FilePermissionsSensor(int maxEntries) : HostSensor<HostFilePermissionsSpec>(HostDataJsonContext.Readable.HostFilePermissionsSpec)
{
    public const int DefaultMaxEntries = 1_000_000;

    private const int MaxSetIds = 1024;
    private const int MaxCapable = 512;
    private const int MaxOthers = 256;
    private const long MaxHashedBytes = 8 << 20;
    private const long MaxHashedBytesOfAll = 64 << 20;

    // What is most worth looking at comes first, in case there is too much. Folders that are often file systems of their own stand beside the ones in which they are.
    private static readonly string[] Folders =
    [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/boot", "/boot/efi", "/root", "/opt", "/srv", "/usr/local", "/var", "/var/lib", "/var/log", "/var/spool",
        "/var/lib/kubelet", "/var/lib/etcd", "/home", "/tmp", "/var/tmp", "/dev/shm",
    ];

    private static readonly string[] KeyPaths =
    [
        "/boot/grub/grub.cfg", "/boot/grub/user.cfg", "/boot/grub2/grub.cfg", "/boot/grub2/user.cfg", "/etc/cron.d", "/etc/cron.daily", "/etc/cron.hourly", "/etc/cron.monthly",
        "/etc/cron.weekly", "/etc/crontab", "/etc/crypttab", "/etc/fstab", "/etc/group", "/etc/group-", "/etc/gshadow", "/etc/gshadow-", "/etc/ld.so.preload", "/etc/passwd",
        "/etc/passwd-", "/etc/profile", "/etc/resolv.conf", "/etc/security/opasswd", "/etc/shadow", "/etc/shadow-", "/etc/ssh/sshd_config", "/etc/sudoers", "/etc/sudoers.d",
        "/root", "/root/.ssh", "/root/.ssh/authorized_keys", "/var/spool/cron/crontabs",
    ];

    public FilePermissionsSensor()
        : this(DefaultMaxEntries)
    {
    }

    public override string Kind => "HostFilePermissions";

    public override string Variable => "files";

    // A second of a core for half a million files.
    public override bool IsCostly => true;

    protected override HostFilePermissionsSpec? Read(SensorRun run)
    {
        var walk = new PermissionWalk(run, NamesAreKnown(run), maxEntries);
        List<string> walked = WalkAll(run, walk);
        walk.Finish();
        long budget = MaxHashedBytesOfAll;
        return new HostFilePermissionsSpec
        {
            SetIdFiles = [.. walk.SetIds.First(MaxSetIds).Select(file => Hashed(run, file, ref budget))],
            CapabilityFiles = [.. walk.Capable.First(MaxCapable).Select(file => Hashed(run, file, ref budget))],
            WorldWritableFiles = Told(walk.WritableFiles),
            WorldWritableDirectories = Told(walk.WritableDirectories),
            UnownedFiles = Told(walk.Unowned),
            SetIdCount = walk.SetIds.Count,
            CapabilityCount = walk.Capable.Count,
            WorldWritableFileCount = walk.WritableFiles.Count,
            WorldWritableDirectoryCount = walk.WritableDirectories.Count,
            UnownedCount = walk.Unowned.Count,
            KeyFiles = KeyFiles(run),
            Walked = walked,
            LeftOut = [.. ContainerFolders.Images, .. ContainerFolders.RootlessImages.Select(end => "*" + end)],
            NodeName = run.NodeName,
        };

        HostFile[] Told(FoundFiles files) => [.. files.First(MaxOthers).Select(file => Described(run, file))];
    }

    private static List<string> WalkAll(SensorRun run, PermissionWalk walk)
    {
        var walked = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (string folder in Folders)
        {
            if (run.Root.TryGetFacts(folder, out FileFacts facts) != ReadProblem.None || !facts.IsDirectory || LeadsIntoAnother(run.Root, folder) || IsPartOf(folder, facts.Device, walked))
            {
                continue;
            }

            walked.Add(folder, facts.Device);
            walk.Walk(folder, facts.Device, PermissionWalk.Temporary.Contains(folder));
        }

        return [.. walked.Keys.Order(StringComparer.Ordinal)];
    }

    // On most systems /bin is a link into /usr, which is walked as it is.
    private static bool LeadsIntoAnother(HostRoot root, string folder) =>
        root.ReadLink(folder) is { } target && Folders.Contains("/" + target.TrimStart('/').Split('/')[0]);

    // What is temporary is looked at in another way, wherever it is.
    private static bool IsPartOf(string folder, ulong device, Dictionary<string, ulong> walked) =>
        !PermissionWalk.Temporary.Contains(folder) && walked.Any(other => other.Value == device && folder.StartsWith(other.Key + "/", StringComparison.Ordinal));

    // Where numbers get their names from elsewhere too (LDAP and others), one without a name in the files is not nobody's.
    private static bool NamesAreKnown(SensorRun run)
    {
        if (run.Accounts.UserName(0) is null || run.Accounts.GroupName(0) is null)
        {
            run.Problem("files without an owner are not looked for: the host has no names of accounts");
            return false;
        }

        foreach (string line in run.Read("/etc/nsswitch.conf", 64 << 10).Lines)
        {
            string[] words = line.Split((char[])[' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0] is "passwd" or "group" && words[1..].FirstOrDefault(word => word is not ("files" or "compat" or "systemd") && word[0] != '[' && word[0] != '#') is { } other)
            {
                run.Problem($"files without an owner are not looked for: names of accounts come from {other} too");
                return false;
            }
        }

        return true;
    }

    private static List<HostFile> KeyFiles(SensorRun run)
    {
        IEnumerable<string> hostKeys = run.List("/etc/ssh", 256).Where(name => name.StartsWith("ssh_host_", StringComparison.Ordinal) && name.EndsWith("_key", StringComparison.Ordinal)).Select(name => "/etc/ssh/" + name);
        return [.. KeyPaths.Concat(hostKeys).Order(StringComparer.Ordinal).Select(path => run.Describe(path, FileContent.None)).OfType<HostFile>()];
    }

    private static HostFile Described(SensorRun run, FoundFile file) => new()
    {
        Path = file.Path,
        Permissions = (int)file.Facts.Permissions,
        Ownership = run.Owner(file.Facts),
        Capabilities = file.Capabilities?.Described(),
    };

    private static HostFile Hashed(SensorRun run, FoundFile file, ref long budget)
    {
        HostFile described = Described(run, file);
        long size = (long)Math.Min(file.Facts.SizeBytes, long.MaxValue);
        if (size > Math.Min(MaxHashedBytes, budget))
        {
            return described;
        }

        budget -= size;
        return described with { Sha256 = run.Root.Hash(file.Path, MaxHashedBytes, out _) };
    }
}
