// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors.Linux.Disks;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Files;

/// <summary>Walks directories for files whose mode, owner or capabilities are noteworthy, without following links and without an object for each file.</summary>
/// <remarks>Errors: what cannot be read is said to the run. Not thread-safe.</remarks>
/// <param name="looksAtOwners">Whether all names of numbers are known, so that one without a name is nobody's.</param>
internal sealed class PermissionWalk(SensorRun run, bool looksAtOwners, int maxEntries)
{
    private const int BufferBytes = 16 << 10;
    private const int MaxDepth = 100;
    private const int MaxKept = 10_000;

    // Source: stat(2) mode bits.
    private const uint SetUserId = 0b100_000_000_000;
    private const uint SetGroupId = 0b010_000_000_000;
    private const uint Sticky = 0b001_000_000_000;
    private const uint GroupExecute = 0b001_000;
    private const uint AnyExecute = 0b001_001_001;
    private const uint OthersWrite = 0b010;

    // Source: systemd.exec(5), DynamicUser: numbers that have a name only while the service runs.
    private const uint FirstDynamic = 61_184;
    private const uint LastDynamic = 65_519;

    private static readonly byte[][] TemporaryFolders = [.. Temporary.Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[][] LeftOut = [.. ContainerFolders.Images.Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[][] LeftOutEnds = [.. ContainerFolders.RootlessImages.Select(Encoding.UTF8.GetBytes)];

    // A name has at most 255 bytes.
    private readonly byte[] _path = new byte[(MaxDepth + 2) * 256];
    private readonly List<byte[]> _buffers = [];
    private int _pathLength;
    private ulong _device;
    private bool _isTemporary;
    private int _tooDeep;
    private int _unread;
    private int _unreadCapabilities;

    /// <summary>Folders that are anybody's: they are walked by themselves, with less to look for.</summary>
    public static IReadOnlyList<string> Temporary => ["/tmp", "/var/tmp", "/dev/shm"];

    public FoundFiles SetIds { get; } = new(MaxKept);

    public FoundFiles Capable { get; } = new(MaxKept);

    public FoundFiles WritableFiles { get; } = new(MaxKept);

    public FoundFiles WritableDirectories { get; } = new(MaxKept);

    public FoundFiles Unowned { get; } = new(MaxKept);

    public int Entries { get; private set; }

    /// <param name="isTemporary">Whatever is there comes and goes and belongs to anybody: only what runs as somebody else is looked for.</param>
    public void Walk(string path, ulong device, bool isTemporary)
    {
        int error = run.Root.OpenDirectory(path, out SafeFileHandle directory);
        using (directory)
        {
            if (error != 0)
            {
                run.Problem($"{path}: could not be walked ({HostRoot.ProblemOf(error)})");
                return;
            }

            (_device, _isTemporary) = (device, isTemporary);
            _pathLength = Encoding.UTF8.GetBytes(path, _path);
            Walk(directory, 0);
        }
    }

    /// <summary>Says what was left out on the way.</summary>
    public void Finish()
    {
        if (Entries > maxEntries)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"more than {maxEntries} files below the walked directories, the rest was not looked at"));
        }

        if (_tooDeep > 0)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"{_tooDeep} directories are deeper than {MaxDepth} and were not looked into"));
        }

        if (_unread > 0)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"{_unread} directories could not be read"));
        }

        if (_unreadCapabilities > 0)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"capabilities of {_unreadCapabilities} files could not be read"));
        }
    }

    private void Walk(SafeFileHandle directory, int depth)
    {
        run.Stop.ThrowIfCancellationRequested();
        var entries = new DirectoryEntries(directory, Buffer(depth));
        while (Entries <= maxEntries && entries.MoveNext())
        {
            Entries++;
            // Devices, sockets and pipes are no files that anybody could replace, and a link has no mode of its own.
            if (entries.Kind is EntryKind.Link or EntryKind.Other || entries.TryGetFacts(out FileFacts facts) != 0)
            {
                continue;
            }

            int length = _pathLength;
            Append(entries.Name);
            Judge(facts);
            JudgeCapabilities(entries, facts);
            if (facts.IsDirectory && facts.Device == _device && !IsLeftOut())
            {
                Descend(entries, depth);
            }

            _pathLength = length;
        }

        _unread += entries.Error != 0 ? 1 : 0;
    }

    private void Descend(in DirectoryEntries entries, int depth)
    {
        if (depth == MaxDepth)
        {
            _tooDeep++;
            return;
        }

        int error = entries.TryOpenDirectory(out SafeFileHandle directory);
        using (directory)
        {
            if (error == 0)
            {
                Walk(directory, depth + 1);
            }
            else
            {
                // What is gone meanwhile is not missing.
                _unread += HostRoot.ProblemOf(error) == ReadProblem.Missing ? 0 : 1;
            }
        }
    }

    private void Judge(in FileFacts facts)
    {
        uint mode = facts.Permissions;
        // Without the right to run it, the bit of the group once meant locking and gives nothing.
        if (facts.IsRegular && ((mode & SetUserId) != 0 || (mode & (SetGroupId | GroupExecute)) == (SetGroupId | GroupExecute)))
        {
            Keep(SetIds, facts);
        }

        if (_isTemporary || !(facts.IsRegular || facts.IsDirectory))
        {
            return;
        }

        if ((mode & OthersWrite) != 0 && (facts.IsRegular || (mode & Sticky) == 0))
        {
            Keep(facts.IsRegular ? WritableFiles : WritableDirectories, facts);
        }

        if (looksAtOwners && (IsNameless(facts.Uid, run.Accounts.UserName(facts.Uid)) || IsNameless(facts.Gid, run.Accounts.GroupName(facts.Gid))))
        {
            Keep(Unowned, facts);
        }
    }

    // What nobody may run gives nobody anything, and asking each file would double the time of the walk.
    private void JudgeCapabilities(in DirectoryEntries entries, in FileFacts facts)
    {
        if (!facts.IsRegular || (facts.Permissions & AnyExecute) == 0)
        {
            return;
        }

        Span<byte> value = stackalloc byte[FileCapabilities.MaxLength];
        int length = entries.TryGetAttribute(FileCapabilities.Attribute, value);
        if (length > 0 && FileCapabilities.TryParse(value[..length], out FileCapabilities capabilities))
        {
            Capable.Add(_path.AsSpan(0, _pathLength), facts, capabilities);
        }
        else if (length < 0 && entries.TryGetFacts(out _) == 0)
        {
            // It is still there.
            _unreadCapabilities++;
        }
    }

    private static bool IsNameless(uint number, string? name) => name is null && number is < FirstDynamic or > LastDynamic;

    private void Keep(FoundFiles list, in FileFacts facts) => list.Add(_path.AsSpan(0, _pathLength), facts);

    private void Append(ReadOnlySpan<byte> name)
    {
        _path[_pathLength++] = (byte)'/';
        name.CopyTo(_path.AsSpan(_pathLength));
        _pathLength += name.Length;
    }

    private bool IsLeftOut()
    {
        ReadOnlySpan<byte> path = _path.AsSpan(0, _pathLength);
        return IsOneOf(path, LeftOut) || IsOneOf(path, TemporaryFolders) || EndsWithOne(path);
    }

    private static bool IsOneOf(ReadOnlySpan<byte> path, byte[][] folders)
    {
        foreach (byte[] folder in folders)
        {
            if (path.SequenceEqual(folder))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsWithOne(ReadOnlySpan<byte> path)
    {
        foreach (byte[] end in LeftOutEnds)
        {
            if (path.EndsWith(end))
            {
                return true;
            }
        }

        return false;
    }

    private byte[] Buffer(int depth)
    {
        if (_buffers.Count == depth)
        {
            _buffers.Add(new byte[BufferBytes]);
        }

        return _buffers[depth];
    }
}
