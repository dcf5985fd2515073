// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Looking;

/// <summary>Looks at a file as the process sees it that changed it. May hang for as long as that process likes: it can have file systems of its own.</summary>
/// <remarks>One user at a time.</remarks>
internal sealed class ProcessLooker(IntegrityOptions options, WriteWatch? writes) : IProcessLooker
{
    private readonly ProcessRoots _roots = new(options.CgroupRoot);
    private readonly FileDigester _digester = new(options.MaxFileBytes);
    private ImageFiles? _images;

    public long BytesRead => _digester.BytesRead;

    public ProcessLook LookAt(FileObservation seen, byte[] path, CancellationToken stop)
    {
        using RootDirectory? root = _roots.TryOpen(seen.Process, seen.IsHost ? Events.Identity.ContainerInfo.Unknown : seen.Container, out uint pid);
        if (root is null)
        {
            return new ProcessLook(new Look(LookOutcome.Gone, null));
        }

        if (seen.IsHost)
        {
            return new ProcessLook(_digester.LookAt(root, path, stop));
        }

        int follow = seen.IsOpening ? Follow(writes, root, path) : ProcessLook.NotFollowed;
        _images ??= new ImageFiles(_digester, options.HostRoot);
        Look? image = _images.LookAt(seen.Container, pid, path, stop);
        return new ProcessLook(_digester.LookAt(root, path, stop), image, follow);
    }

    /// <summary>Before the contents are read: what is written from then on is told.</summary>
    public static int Follow(WriteWatch? writes, RootDirectory root, byte[] path)
    {
        if (writes is null || root.TryGetFacts(path, follow: false, out FileFacts facts) != 0 || !facts.IsRegular)
        {
            return ProcessLook.NotFollowed;
        }

        int error = root.TryOpenFile(path, out SafeFileHandle file, out _);
        using (file)
        {
            return error == 0 && writes.TryAdd(file, out int number) == 0 ? number : ProcessLook.CannotFollow;
        }
    }
}
