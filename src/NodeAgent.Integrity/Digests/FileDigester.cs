// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Events.Text;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Digests;

/// <summary>Reads files below a root and tells their SHA-256. Remembers digests of files that did not change since.</summary>
/// <remarks>Reads leave no trace in access times where the kernel allows it. One user at a time.</remarks>
/// <param name="maxFileBytes">Units: bytes; larger files are not read.</param>
public sealed class FileDigester(long maxFileBytes)
{
    /// <summary>Units: digests that are remembered.</summary>
    private const int CacheCapacity = 4096;

    private const int MaxTries = 3;
    private const int MaxTargetBytes = 4096;
    private readonly RecentMap<Contents, string> _cache = new(CacheCapacity);
    private long _bytesRead;

    /// <summary>Units: bytes read so far.</summary>
    public long BytesRead => _bytesRead;

    /// <param name="path">Shape: absolute path in the root, of bytes. A link at its end is looked at itself.</param>
    public Look LookAt(RootDirectory root, ReadOnlySpan<byte> path, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(root);
        for (int tries = 0; ; tries++)
        {
            int error = root.TryGetFacts(path, follow: false, out FileFacts facts);
            if (error != 0)
            {
                return new Look(OutcomeOf(error), null);
            }

            if (facts.IsLink)
            {
                return new Look(LookOutcome.Found, new FileState(facts, null, TargetOf(root, path)));
            }

            if (!facts.IsRegular)
            {
                return new Look(LookOutcome.Found, new FileState(facts, null));
            }

            if (TryDigest(root, path, facts, tries == MaxTries, stop, out FileState? state))
            {
                return new Look(LookOutcome.Found, state);
            }
        }
    }

    /// <returns>False: it is another file now, or was written to meanwhile.</returns>
    private bool TryDigest(RootDirectory root, ReadOnlySpan<byte> path, in FileFacts facts, bool isLast, CancellationToken stop, out FileState? state)
    {
        if ((long)facts.SizeBytes > maxFileBytes)
        {
            state = new FileState(facts, null, null, "too-large");
            return true;
        }

        if (_cache.TryGet(Contents.Of(facts), out string? known))
        {
            state = new FileState(facts, known);
            return true;
        }

        state = new FileState(facts, null, null, isLast ? "changing" : "unreadable");
        if (isLast)
        {
            return true;
        }

        int error = root.TryOpenFile(path, out SafeFileHandle file, out FileFacts opened);
        using (file)
        {
            if (error != 0 || Contents.Of(opened) != Contents.Of(facts))
            {
                return error is Errno.Denied or Errno.NotPermitted;
            }

            string? digest = Digest(file, stop);
            if (digest is null || Contents.Of(FileFacts.Of(file)) != Contents.Of(facts))
            {
                return false;
            }

            _cache.Set(Contents.Of(facts), digest);
            state = new FileState(facts, digest);
            return true;
        }
    }

    /// <returns>Null: it could not be read, or grew beyond the limit.</returns>
    private string? Digest(SafeFileHandle file, CancellationToken stop)
    {
        try
        {
            return FileHash.Sha256(file, maxFileBytes, ref _bytesRead, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string TargetOf(RootDirectory root, ReadOnlySpan<byte> path)
    {
        Span<byte> target = stackalloc byte[MaxTargetBytes];
        int length = root.TryReadLink(path, target);
        return length > 0 ? ByteText.Decode(target[..length]) : string.Empty;
    }

    private static LookOutcome OutcomeOf(int error) => error is Errno.Denied or Errno.NotPermitted ? LookOutcome.Denied : LookOutcome.Missing;

    // What every write changes. The time of change of an inode cannot be set back.
    private readonly record struct Contents(ulong Device, ulong Inode, ulong SizeBytes, long ModifiedNs, long ChangedNs)
    {
        public static Contents Of(in FileFacts facts) => new(facts.Device, facts.Inode, facts.SizeBytes, facts.ModifiedNs, facts.ChangedNs);
    }
}
