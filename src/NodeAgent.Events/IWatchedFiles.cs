// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events;

/// <summary>Files whose every opening for writing is told, though the same was told before.</summary>
/// <remarks>Any thread. Numbers are the kernel's own, as events carry them.</remarks>
public interface IWatchedFiles
{
    /// <returns>False: there is no room. Its openings are told as any other's.</returns>
    bool TryAdd(ulong inode, uint device);

    void Remove(ulong inode, uint device);
}
