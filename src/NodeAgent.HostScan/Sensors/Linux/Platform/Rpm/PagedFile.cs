// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Sensors.Linux.Platform.Rpm;

/// <summary>A database file of which parts are read. What its bytes say is the host's, and may be anything.</summary>
internal sealed class PagedFile(SafeFileHandle file, in FileFacts facts, CancellationToken stop)
{
    /// <summary>Units: reads. Of the largest databases there are some hundred thousand pages.</summary>
    private const int MaxReads = 500_000;

    private int _reads;

    public long SizeBytes { get; } = (long)Math.Min(facts.SizeBytes, long.MaxValue);

    /// <exception cref="FormatException">The file has not so many bytes, or too much of it was asked for.</exception>
    public void Read(long offset, Span<byte> buffer)
    {
        stop.ThrowIfCancellationRequested();
        if (++_reads > MaxReads)
        {
            throw new FormatException("has more pages than are read");
        }

        int done = 0;
        while (done < buffer.Length)
        {
            int read = offset < 0 ? 0 : RandomAccess.Read(file, buffer[done..], offset + done);
            done += read > 0 ? read : throw new FormatException("ends too early");
        }
    }
}
