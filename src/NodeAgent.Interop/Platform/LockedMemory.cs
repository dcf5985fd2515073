// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace NodeAgent.Interop.Platform;

/// <summary>What a map or a program costs the kernel, as /proc/self/fdinfo tells it.</summary>
internal static class LockedMemory
{
    private const string Key = "memlock:";

    /// <returns>Units: bytes; 0 when the kernel does not say.</returns>
    internal static long Of(SafeFileHandle handle)
    {
        bool referenced = false;
        try
        {
            handle.DangerousAddRef(ref referenced);
            return Parse(File.ReadAllText($"/proc/self/fdinfo/{handle.DangerousGetHandle()}"));
        }
        catch (IOException)
        {
            return 0;
        }
        finally
        {
            if (referenced)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <param name="fdInfo">Shape: lines of <c>key:\tvalue</c>. Source: proc(5), /proc/PID/fdinfo.</param>
    /// <returns>Units: bytes; 0 without such a line.</returns>
    internal static long Parse(string fdInfo)
    {
        foreach (string line in fdInfo.Split('\n'))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Key.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
            {
                return bytes;
            }
        }

        return 0;
    }
}
