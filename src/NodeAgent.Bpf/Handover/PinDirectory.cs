// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Handover;

/// <summary>A pin path, held by one agent at a time. The lock is the directory's own (flock), so it goes when the process does, however it ends.</summary>
internal sealed class PinDirectory : IDisposable
{
    private readonly SafeFileHandle _lock;

    private PinDirectory(string path, SafeFileHandle held)
    {
        Path = path;
        _lock = held;
    }

    internal string Path { get; }

    /// <remarks>Errors: <see cref="PinException"/> when it cannot be made, is held, or holds what is not ours.</remarks>
    internal static PinDirectory Open(string path, ILogger logger)
    {
        PinPath.Prepare(path, logger);
        PinDirectory directory = TryLock(path)
            ?? throw new PinException($"{path} is in use by another node-agent{Owner(path)}");
        string? foreign = Foreign(path).FirstOrDefault();
        if (foreign is not null)
        {
            directory.Dispose();
            throw new PinException($"{foreign} is not node-agent's: give it a directory of its own");
        }

        return directory;
    }

    /// <param name="path">Exists.</param>
    /// <returns>Null when another process holds it.</returns>
    internal static PinDirectory? TryLock(string path)
    {
        SafeFileHandle handle = KernelFiles.OpenDirectory(path);
        if (KernelFiles.TryLock(handle))
        {
            return new PinDirectory(path, handle);
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Entries that are no generation of ours.</summary>
    internal static IEnumerable<string> Foreign(string path) =>
        Directory.GetFileSystemEntries(path).Where(entry => !PinNames.TryParseGeneration(System.IO.Path.GetFileName(entry), out _));

    /// <summary>Who used the pins last, for messages.</summary>
    /// <returns>Shape: <c> (pid 12)</c>; empty when that cannot be read.</returns>
    internal static string Owner(string path)
    {
        foreach (GenerationDirectory generation in GenerationDirectory.FindAll(path))
        {
            if (ManifestFile.TryRead(generation, out _) is { } manifest)
            {
                return $" (pid {manifest.AgentPid})";
            }
        }

        return string.Empty;
    }

    public void Dispose() => _lock.Dispose();
}
