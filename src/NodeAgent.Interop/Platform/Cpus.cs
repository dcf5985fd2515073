// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>CPUs as BPF counts them.</summary>
public static class Cpus
{
    /// <summary>CPUs that may ever come up: the number of values in a per-CPU map.</summary>
    public static int PossibleCount { get; } = NativeError.Check(NativeMethods.GetPossibleCpuCount(), "count CPUs");

    /// <summary>One more than the highest number of a CPU that runs now, whatever share of them this process has.</summary>
    /// <remarks>Virtual machines can have hundreds of possible CPUs and two that run.</remarks>
    public static int OnlineLimit { get; } = ReadOnlineLimit();

    /// <param name="list">Shape: <c>0-3,8-11</c>. Source: /sys/devices/system/cpu/online.</param>
    /// <returns>0 when it is not understood.</returns>
    internal static int ParseLimit(string list)
    {
        string last = list.Trim().Split(',')[^1].Split('-')[^1];
        return int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int highest) && highest < int.MaxValue ? highest + 1 : 0;
    }

    private static int ReadOnlineLimit()
    {
        try
        {
            int limit = ParseLimit(File.ReadAllText("/sys/devices/system/cpu/online"));
            return limit is > 0 && limit <= PossibleCount ? limit : PossibleCount;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return PossibleCount;
        }
    }
}
