// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Rings;

/// <summary>Waits for records: polls while they come, blocks when they do not. For one thread.</summary>
/// <remarks>
/// A wake-up costs the traced program microseconds, so probes send without one. Under load the reader looks every
/// millisecond; only when it found nothing it arms a flag in shared memory, and the first probe that sees the flag wakes it.
/// </remarks>
internal sealed unsafe class RingWaiter : IDisposable
{
    private const int PollMs = 1;

    private readonly RingSet _rings;
    private readonly Epoll _epoll;
    private readonly MappedMemory? _wakeupMemory;
    private readonly uint* _armed;
    private readonly ulong _windowNs;
    private long _sleepCount;

    internal RingWaiter(RingSet rings, IEnumerable<KernelMap> ringMaps, KernelMap wakeup, ulong windowNs)
    {
        _rings = rings;
        _windowNs = windowNs;
        _epoll = new Epoll();
        try
        {
            foreach (KernelMap map in ringMaps)
            {
                map.AddTo(_epoll);
            }

            _wakeupMemory = wakeup.MapMemory(0, (ulong)MappedMemory.PageSizeBytes, writable: true);
            _armed = (uint*)_wakeupMemory.Address;
        }
        catch
        {
            _epoll.Dispose();
            throw;
        }
    }

    /// <summary>How often the reader armed the wake-up and went to sleep. Any thread may ask.</summary>
    internal long SleepCount => Volatile.Read(ref _sleepCount);

    /// <param name="max">The longest wait.</param>
    /// <param name="idle">Whether the last read found nothing.</param>
    internal void Wait(TimeSpan max, bool idle)
    {
        if (max <= TimeSpan.Zero)
        {
            return;
        }

        int maxMs = (int)Math.Clamp(Math.Ceiling(max.TotalMilliseconds), 1, 60_000);
        if (!idle)
        {
            // A probe that finds its ring half full wakes this too.
            _epoll.Wait(Math.Min(PollMs, maxMs));
            return;
        }

        if (_rings.HasPending)
        {
            WaitForAge();
            return;
        }

        Volatile.Write(ref *_armed, 1);

        // The flag must be visible before the rings are looked at, or a record and its probe slip through between.
        Interlocked.MemoryBarrier();
        if (!_rings.HasPending)
        {
            Volatile.Write(ref _sleepCount, _sleepCount + 1);
            _epoll.Wait(maxMs);
        }

        Volatile.Write(ref *_armed, 0);
        if (_rings.HasPending)
        {
            WaitForAge();
        }
    }

    public void Dispose()
    {
        _epoll.Dispose();
        _wakeupMemory?.Dispose();
    }

    // What is there is too young to be read, or not finished.
    private void WaitForAge()
    {
        if (_windowNs > 0)
        {
            BootClock.Sleep(_windowNs);
        }
        else
        {
            Thread.Yield();
        }
    }
}
