// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Pins;

namespace NodeAgent.Bpf.Handover;

/// <summary>Takes everything out of the kernel that an agent left at a pin path.</summary>
/// <param name="Removed">Paths, in the order in which they went.</param>
/// <param name="Left">Paths that are not ours.</param>
public sealed record PinRemoval(IReadOnlyList<string> Removed, IReadOnlyList<string> Left)
{
    /// <param name="path">The pin path; need not exist.</param>
    /// <param name="force">Also when an agent uses it, which then ends.</param>
    /// <remarks>Errors: <see cref="PinException"/> when an agent uses it, or it is in another file system.</remarks>
    public static PinRemoval Run(string path, bool force)
    {
        if (!Directory.Exists(path))
        {
            return new PinRemoval([], []);
        }

        if (!BpfFileSystem.Contains(path))
        {
            throw new PinException($"{path} is not in a bpffs: no agent pinned anything there");
        }

        using PinDirectory? held = PinDirectory.TryLock(path);
        if (held is null && !force)
        {
            throw new PinException($"{path} is in use by a running node-agent{PinDirectory.Owner(path)}: stop it first, or use --force, after which it ends");
        }

        var removed = new List<string>();
        foreach (GenerationDirectory generation in GenerationDirectory.FindAll(path))
        {
            generation.Remove(removed);
        }

        if (Directory.GetFileSystemEntries(path).Length == 0)
        {
            Directory.Delete(path);
            removed.Add(path);
        }

        return new PinRemoval(removed, Directory.Exists(path) ? [.. Directory.GetFileSystemEntries(path)] : []);
    }
}
