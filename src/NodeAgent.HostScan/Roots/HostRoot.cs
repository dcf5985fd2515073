// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Roots;

/// <summary>The files of the host that is scanned, wherever its root is mounted. Only reads, and never leaves the root.</summary>
/// <remarks>
/// Paths are those of the host: <c>/etc/passwd</c>. Where the root has no <c>/proc</c> or <c>/sys</c> of its own (a host's disk that is mounted into a container of the host's pid
/// namespace), this machine's stand in. Errors: a <see cref="ReadProblem"/>. Any thread may use it.
/// </remarks>
public sealed class HostRoot : IDisposable
{
    /// <summary>Units: bytes. Longer files are cut: no configuration is as long, and a scan has to stay small.</summary>
    public const int DefaultMaxBytes = 1 << 20;

    private const int DirectoryBufferBytes = 16 << 10;
    private const int MaxPathBytes = 4096;

    private readonly RootDirectory _root;
    private readonly RootDirectory? _machine;
    private readonly bool _ownProc;
    private readonly bool _ownSys;

    private HostRoot(string path, RootDirectory root)
    {
        (Path, _root) = (path, root);
        bool isMachine = path == "/";
        _ownProc = isMachine || root.TryGetFacts("proc/1", true, out _) == 0 || root.TryGetFacts("proc/sys", true, out _) == 0;
        _ownSys = isMachine || root.TryGetFacts("sys/kernel", true, out _) == 0;
        _machine = _ownProc && _ownSys ? null : RootDirectory.Open("/");
    }

    /// <summary>Where the root is in the file system of this process.</summary>
    public string Path { get; }

    /// <summary>Whether what <c>/proc</c> tells is of the host that is scanned, and not of the machine on which the scanner runs.</summary>
    public bool HasOwnProc => _ownProc;

    /// <exception cref="BpfException">It is no directory, or may not be read.</exception>
    public static HostRoot Open(string path) => new(path, RootDirectory.Open(path));

    /// <summary>For those who read parts of a file.</summary>
    /// <param name="file">The caller's to dispose, whatever is returned.</param>
    public ReadProblem Open(string path, out SafeFileHandle file, out FileFacts facts) =>
        ProblemOf(IsPath(path) ? RootOf(path).TryOpenFile(path, out file, out facts) : Invalid(out file, out facts));

    /// <param name="maxBytes">Units: bytes.</param>
    public HostFileBytes Read(string path, int maxBytes = DefaultMaxBytes)
    {
        ReadProblem problem = Open(path, out SafeFileHandle file, out FileFacts facts);
        using (file)
        {
            if (problem != ReadProblem.None)
            {
                return new HostFileBytes(default, facts, false, problem);
            }

            try
            {
                ReadOnlyMemory<byte> bytes = ReadAll(file, facts, maxBytes, out bool isCut);
                return new HostFileBytes(bytes, facts, isCut, ReadProblem.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new HostFileBytes(default, facts, false, ProblemOf(e));
            }
        }
    }

    /// <summary>SHA-256 of a file, whatever its size in a small buffer.</summary>
    /// <param name="maxBytes">Units: bytes. Of a longer file nothing is told.</param>
    /// <returns>Shape: 64 hex digits; null when there is a problem, or it is longer.</returns>
    public string? Hash(string path, long maxBytes, out ReadProblem problem)
    {
        problem = Open(path, out SafeFileHandle file, out _);
        using (file)
        {
            try
            {
                long read = 0;
                return problem == ReadProblem.None ? FileHash.Sha256(file, maxBytes, ref read) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem = ProblemOf(e);
                return null;
            }
        }
    }

    /// <returns>The text without blanks around it; null when it cannot be read.</returns>
    public string? ReadLine(string path) => Read(path, 4096) is { IsRead: true } read ? read.Text.Trim() : null;

    /// <param name="follow">Whether a link is looked through if it is the last part of the path.</param>
    public ReadProblem TryGetFacts(string path, out FileFacts facts, bool follow = true)
    {
        facts = default;
        return IsPath(path) ? ProblemOf(RootOf(path).TryGetFacts(path, follow, out facts)) : ReadProblem.BadPath;
    }

    public bool Exists(string path) => TryGetFacts(path, out _) == ReadProblem.None;

    /// <returns>What the link says; null when it is none or cannot be read.</returns>
    public string? ReadLink(string path)
    {
        Span<byte> target = stackalloc byte[MaxPathBytes];
        int length = IsPath(path) ? RootOf(path).TryReadLink(path, target) : -1;
        return length > 0 ? Encoding.UTF8.GetString(target[..length]) : null;
    }

    /// <param name="most">No more names than this are told.</param>
    /// <param name="names">Sorted by bytes, so that two scans of the same directory tell the same.</param>
    public ReadProblem List(string path, int most, out IReadOnlyList<string> names)
    {
        var found = new List<string>();
        names = found;
        int error = OpenDirectory(path, out SafeFileHandle directory);
        using (directory)
        {
            if (error != 0)
            {
                return ProblemOf(error);
            }

            var entries = new DirectoryEntries(directory, new byte[DirectoryBufferBytes]);
            while (found.Count < most && entries.MoveNext())
            {
                found.Add(Encoding.UTF8.GetString(entries.Name));
            }

            found.Sort(StringComparer.Ordinal);
            return ProblemOf(entries.Error);
        }
    }

    /// <summary>For walks that read a directory by themselves.</summary>
    /// <returns>0, or the errno.</returns>
    public int OpenDirectory(string path, out SafeFileHandle directory)
    {
        if (IsPath(path))
        {
            return RootOf(path).TryOpenDirectory(path, out directory);
        }

        return Invalid(out directory, out _);
    }

    public void Dispose()
    {
        _root.Dispose();
        _machine?.Dispose();
    }

    internal static ReadProblem ProblemOf(int error) => error switch
    {
        0 => ReadProblem.None,
        Errno.NoEntry or Errno.NotDirectory => ReadProblem.Missing,
        Errno.Denied or Errno.NotPermitted => ReadProblem.Denied,
        Errno.IsDirectory or Errno.NoSuchDevice => ReadProblem.NotRegular,
        Errno.LinkLoop or Errno.Invalid or Errno.NameTooLong => ReadProblem.BadPath,
        _ => ReadProblem.Failed,
    };

    private static ReadProblem ProblemOf(Exception e) => e is UnauthorizedAccessException ? ReadProblem.Denied : ReadProblem.Failed;

    private static bool IsPath(string path) => path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal);

    private static int Invalid(out SafeFileHandle file, out FileFacts facts)
    {
        (file, facts) = (new SafeFileHandle(-1, false), default);
        return Errno.Invalid;
    }

    private RootDirectory RootOf(string path)
    {
        bool isOwn = (_ownProc || !IsBelow(path, "/proc")) && (_ownSys || !IsBelow(path, "/sys"));
        return isOwn ? _root : _machine!;
    }

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] == '/');

    // Files of the kernel say that they are empty; files of a disk may grow or shrink while they are read.
    private static ReadOnlyMemory<byte> ReadAll(SafeFileHandle file, in FileFacts facts, int maxBytes, out bool isCut)
    {
        byte[] bytes = new byte[Math.Min(Math.Max((long)facts.SizeBytes, 4095) + 1, (long)maxBytes + 1)];
        int length = 0;
        while (true)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(length), length);
            length += read;
            if (read == 0 || length > maxBytes)
            {
                isCut = length > maxBytes;
                return bytes.AsMemory(0, Math.Min(length, maxBytes));
            }

            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, (long)maxBytes + 1));
            }
        }
    }
}
