// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Text;
using NodeAgent.Integrity.Digests;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Alerts;

/// <summary>Finds a file by the root of the process that an alert is about, or of another one of its container; of the machine's own processes in the machine's root.</summary>
/// <param name="cgroupRoot">Where the cgroup2 tree is mounted.</param>
/// <param name="hostRoot">Where the machine's root is mounted.</param>
internal sealed class FileHashing(string cgroupRoot, string hostRoot) : IFileHashing
{
    // Units: bytes. What is larger takes longer than an alert waits, and programs are rarely.
    private const long MaxFileBytes = 64L << 20;

    private readonly ProcessRoots _roots = new(cgroupRoot);
    private readonly FileDigester _digester = new(MaxFileBytes);

    public AlertFileHash? Hash(AlertedFile file, CancellationToken stop)
    {
        try
        {
            using RootDirectory? root = _roots.TryOpen(new ProcessKey(file.Pid, file.StartTimeNs), new ContainerInfo(file.CgroupId, file.CgroupPath), out _)
                ?? (file.CgroupPath.Length < 2 ? RootDirectory.Open(hostRoot) : null);
            return root is not null && _digester.LookAt(root, ByteText.Encode(file.Path), stop).State is { Sha256: { } digest } state
                ? new AlertFileHash(file.Path, digest, (long)state.Facts.SizeBytes)
                : null;
        }
        catch (BpfException)
        {
            // The machine's root cannot be opened from here.
            return null;
        }
    }
}
