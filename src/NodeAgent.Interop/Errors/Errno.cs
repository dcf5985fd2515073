// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Errors;

/// <summary>The errors that code decides on. Source: errno(3); the numbers are the same on x86-64 and arm64.</summary>
public static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoSuchDevice = 6;
    public const int TooBig = 7;
    public const int TryAgain = 11;
    public const int NoMemory = 12;
    public const int Denied = 13;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int NoSpace = 28;
    public const int NameTooLong = 36;
    public const int LinkLoop = 40;
    public const int NotSupported = 524;

    /// <returns>Shape: <c>ENOENT</c>; the number when it has no name.</returns>
    public static string Name(int error) => NativeError.Name(error);
}
