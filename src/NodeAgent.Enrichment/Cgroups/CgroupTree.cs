// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging;
using NodeAgent.Events.Text;

namespace NodeAgent.Enrichment.Cgroups;

/// <summary>The mounted cgroup2 tree. Holds no state but its paths: any thread may use it.</summary>
/// <param name="mountPoint">Shape: absolute directory where cgroup2 is mounted.</param>
/// <param name="procRoot">Shape: absolute directory of a procfs in the host's pid namespace.</param>
public sealed class CgroupTree(string mountPoint, string procRoot = "/proc") : ICgroupTree
{
    /// <summary>Inode of the top of the whole tree; another means that only a part of it is visible here.</summary>
    public const ulong RootId = 1;

    private const int MaxDepth = 64;
    private readonly string _mountPoint = mountPoint.TrimEnd('/');
    private readonly byte[] _mountPointBytes = Encoding.UTF8.GetBytes(mountPoint.TrimEnd('/'));

    public string MountPoint => _mountPoint;

    /// <summary>Finds where cgroup2 is mounted.</summary>
    /// <param name="mountInfo">Shape: the text of <c>/proc/PID/mountinfo</c>, proc(5).</param>
    /// <returns>The mount point that shows most of the tree, or null.</returns>
    public static string? FindMountPoint(string mountInfo)
    {
        ArgumentNullException.ThrowIfNull(mountInfo);
        string? best = null;
        foreach (string line in mountInfo.Split('\n'))
        {
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-");
            if (separator < 6 || fields.Length <= separator + 1 || fields[separator + 1] != "cgroup2")
            {
                continue;
            }

            string point = UnescapeOctal(fields[4]);
            if (fields[3] == "/")
            {
                return point;
            }

            best ??= point;
        }

        return best;
    }

    /// <summary>Where the tree of this machine is mounted, or where it would be.</summary>
    public static string DetectMountPoint() => FindMountPoint(File.ReadAllText("/proc/self/mountinfo")) ?? "/sys/fs/cgroup";

    /// <summary>The tree of this machine; where none is mounted, one that answers nothing.</summary>
    public static CgroupTree Detect(ILogger logger)
    {
        string point = DetectMountPoint();
        var tree = new CgroupTree(point);
        if (!tree.TryGetId("/", out ulong id) || id != RootId)
        {
            logger.PartialCgroupTree(point);
        }

        return tree;
    }

    public bool TryGetId(string path, out ulong cgroupId)
    {
        ArgumentNullException.ThrowIfNull(path);
        cgroupId = 0;
        return path.StartsWith('/') && DirectoryInode.TryGet(_mountPointBytes, ByteText.Encode(path), out cgroupId);
    }

    public string? PathOf(uint pid)
    {
        try
        {
            string text = ByteText.Decode(File.ReadAllBytes($"{procRoot}/{pid}/cgroup"));
            return ParseProcCgroup(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="text">Shape: <c>/proc/PID/cgroup</c>, cgroups(7): the cgroup2 line is <c>0::/path</c>.</param>
    internal static string? ParseProcCgroup(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("0::/", StringComparison.Ordinal))
            {
                string path = line[3..];
                path = path.EndsWith(" (deleted)", StringComparison.Ordinal) ? path[..^10] : path;

                // Seen from another cgroup namespace the path goes up; where to cannot be told.
                return path.StartsWith("/..", StringComparison.Ordinal) ? null : path;
            }
        }

        return null;
    }

    public IEnumerable<CgroupDirectory> Walk(int limit)
    {
        // Names as .NET reads them (UTF-8); one that is not valid UTF-8 is not found again and is left to the misses.
        var level = new List<string> { "/" };
        for (int depth = 0; depth < MaxDepth && level.Count > 0; depth++)
        {
            var next = new List<string>();
            foreach (string name in level)
            {
                string path = ByteText.Decode(Encoding.UTF8.GetBytes(name));
                if (TryGetId(path, out ulong id))
                {
                    if (limit-- <= 0)
                    {
                        yield break;
                    }

                    yield return new CgroupDirectory(path, id);
                    AddChildren(name, next);
                }
            }

            level = next;
        }
    }

    private void AddChildren(string path, List<string> children)
    {
        string parent = path == "/" ? string.Empty : path;
        try
        {
            foreach (string child in Directory.EnumerateDirectories(_mountPoint + path))
            {
                children.Add($"{parent}/{Path.GetFileName(child)}");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Removed while we walk: its end comes as an event.
        }
    }

    /// <summary>mountinfo writes space, tab, newline and backslash as <c>\NNN</c>.</summary>
    private static string UnescapeOctal(string text) =>
        text.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
            .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
