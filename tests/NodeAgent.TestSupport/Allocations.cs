// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.TestSupport;

/// <summary>What a call allocates on the heap once it is warm.</summary>
public static class Allocations
{
    private const int Rounds = 16;

    /// <returns>Units: bytes; the least of several rounds, since the runtime itself may allocate while it compiles code again.</returns>
    public static long Least(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
