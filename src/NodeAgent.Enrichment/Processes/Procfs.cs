// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Processes;

/// <summary>Reads /proc. Source: proc(5).</summary>
/// <param name="root">Shape: absolute directory of a procfs in the host's pid namespace.</param>
public sealed class Procfs(string root = "/proc") : IProcfs
{
    private const int MaxArgvBytes = 4096;
    private const int MaxStatBytes = 4096;
    private const int StartTimeField = 19; // field 22, counted from the one after comm

    // USER_HZ is 100 on every architecture that .NET runs on.
    private const ulong NsPerClockTick = 10_000_000;

    public byte[]? ReadArgv(ProcessKey key)
    {
        byte[]? argv = Read($"{root}/{key.Pid}/cmdline", MaxArgvBytes);

        // The start time after the arguments: if it still is that process now, it was when we read them.
        return argv is not null && IsRunning(key) ? argv : null;
    }

    /// <summary>Whether that very process is there, and not another one that was given its pid.</summary>
    public bool IsRunning(ProcessKey key) =>
        Read($"{root}/{key.Pid}/stat", MaxStatBytes) is { } stat && TryParseStartTicks(stat, out ulong ticks) && ticks == key.StartTimeNs / NsPerClockTick;

    /// <param name="stat">Shape: <c>PID (COMM) S PPID …</c>; COMM may hold spaces, parentheses and newlines.</param>
    /// <param name="ticks">Units: clock ticks since boot.</param>
    internal static bool TryParseStartTicks(ReadOnlySpan<byte> stat, out ulong ticks)
    {
        ticks = 0;
        int comm = stat.LastIndexOf((byte)')');
        if (comm < 0 || comm + 2 > stat.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = stat[(comm + 2)..];
        int field = 0;
        foreach (Range range in rest.Split((byte)' '))
        {
            if (field++ == StartTimeField)
            {
                ReadOnlySpan<byte> text = rest[range];
                return Utf8Parser.TryParse(text, out ticks, out int consumed) && consumed == text.Length;
            }
        }

        return false;
    }

    private static byte[]? Read(string path, int limit)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var bytes = new byte[limit];
            return bytes[..file.ReadAtLeast(bytes, limit, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
