// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Export.Metrics;

/// <summary>What every program shows of itself, under the names that dashboards know.</summary>
internal static class ProcessMetrics
{
    /// <summary>Calls back with name, kind, help, labels and value.</summary>
    public static void Collect(Action<string, MetricKind, string, string, double> write)
    {
        using Process self = Process.GetCurrentProcess();
        write("process_resident_memory_bytes", MetricKind.Gauge, "Resident memory size in bytes.", string.Empty, self.WorkingSet64);
        write("process_virtual_memory_bytes", MetricKind.Gauge, "Virtual memory size in bytes.", string.Empty, self.VirtualMemorySize64);
        write("process_cpu_seconds_total", MetricKind.Counter, "User and system CPU time in seconds.", string.Empty, self.TotalProcessorTime.TotalSeconds);
        write("process_threads", MetricKind.Gauge, "Threads of the process.", string.Empty, ThreadCount(self));
        write(
            "process_start_time_seconds", MetricKind.Gauge, "Start of the process, in seconds since 1970.", string.Empty,
            (self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
        if (TryCountFiles(out int files))
        {
            write("process_open_fds", MetricKind.Gauge, "Open file descriptors.", string.Empty, files);
        }

        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            write(
                "dotnet_collection_count_total", MetricKind.Counter, "Garbage collections per generation.",
                $"generation=\"{generation}\"", GC.CollectionCount(generation));
        }

        write("dotnet_gc_heap_bytes", MetricKind.Gauge, "Managed heap in use.", string.Empty, GC.GetTotalMemory(false));
        write("dotnet_gc_committed_bytes", MetricKind.Gauge, "Memory committed by the garbage collector.", string.Empty, GC.GetGCMemoryInfo().TotalCommittedBytes);
        write("dotnet_gc_allocated_bytes_total", MetricKind.Counter, "Bytes allocated since the start.", string.Empty, GC.GetTotalAllocatedBytes());
        write("dotnet_gc_pause_seconds_total", MetricKind.Counter, "Time in garbage collection pauses.", string.Empty, GC.GetTotalPauseDuration().TotalSeconds);
        write("dotnet_threadpool_threads", MetricKind.Gauge, "Threads of the thread pool.", string.Empty, ThreadPool.ThreadCount);
        write("dotnet_threadpool_queue_length", MetricKind.Gauge, "Work that waits for the thread pool.", string.Empty, ThreadPool.PendingWorkItemCount);
    }

    /// <summary>Process.Threads opens a file per thread; the kernel has the number in one place.</summary>
    private static int ThreadCount(Process self)
    {
        try
        {
            foreach (string line in File.ReadLines("/proc/self/status"))
            {
                if (line.StartsWith("Threads:", StringComparison.Ordinal)
                    && int.TryParse(line.AsSpan("Threads:".Length).Trim(), out int threads))
                {
                    return threads;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No procfs.
        }

        return self.Threads.Count;
    }

    private static bool TryCountFiles(out int count)
    {
        try
        {
            // The listing itself holds one open.
            count = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            count = 0;
            return false;
        }
    }
}
