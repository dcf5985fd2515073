// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Platform;

namespace NodeAgent.Hosting;

/// <summary>Memory that only a start needed: it would count as this process's for as long as it runs.</summary>
internal static class SpareMemory
{
    /// <summary>Stops all threads for some milliseconds: once behind each thing that begins, never while events flow.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }
}
