// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import.Falco;

/// <summary>The names of results. Source: asm-generic/errno-base.h and errno.h.</summary>
internal static class ErrnoNames
{
    public static IReadOnlyDictionary<string, long> All { get; } = new Dictionary<string, long>(StringComparer.Ordinal)
    {
        ["SUCCESS"] = 0,
        ["EPERM"] = 1,
        ["ENOENT"] = 2,
        ["ESRCH"] = 3,
        ["EINTR"] = 4,
        ["EIO"] = 5,
        ["ENXIO"] = 6,
        ["E2BIG"] = 7,
        ["ENOEXEC"] = 8,
        ["EBADF"] = 9,
        ["EAGAIN"] = 11,
        ["ENOMEM"] = 12,
        ["EACCES"] = 13,
        ["EFAULT"] = 14,
        ["EBUSY"] = 16,
        ["EEXIST"] = 17,
        ["EXDEV"] = 18,
        ["ENODEV"] = 19,
        ["ENOTDIR"] = 20,
        ["EISDIR"] = 21,
        ["EINVAL"] = 22,
        ["ENFILE"] = 23,
        ["EMFILE"] = 24,
        ["ETXTBSY"] = 26,
        ["EFBIG"] = 27,
        ["ENOSPC"] = 28,
        ["EROFS"] = 30,
        ["EMLINK"] = 31,
        ["EPIPE"] = 32,
        ["ENAMETOOLONG"] = 36,
        ["ENOSYS"] = 38,
        ["ELOOP"] = 40,
        ["EADDRINUSE"] = 98,
        ["EADDRNOTAVAIL"] = 99,
        ["ENETUNREACH"] = 101,
        ["ECONNABORTED"] = 103,
        ["ECONNRESET"] = 104,
        ["ENOTCONN"] = 107,
        ["ETIMEDOUT"] = 110,
        ["ECONNREFUSED"] = 111,
        ["EHOSTUNREACH"] = 113,
        ["EALREADY"] = 114,
        ["EINPROGRESS"] = 115,
    };
}
