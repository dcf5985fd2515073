// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Pins;

namespace NodeAgent.Bpf.Tests.Handover;

/// <summary>A bpffs of its own: what a test pins there goes with it, also when the test fails.</summary>
internal sealed class BpfMount : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("node-agent-test-bpffs-").FullName;

    public BpfMount()
    {
        try
        {
            BpfFileSystem.Mount(_folder);
        }
        catch (BpfException e)
        {
            Directory.Delete(_folder);
            Assert.Skip($"this machine lets no bpffs be mounted: {e.Message}");
        }
    }

    /// <summary>A pin path, not made yet.</summary>
    public string Path => System.IO.Path.Combine(_folder, "node-agent");

    public string Root => _folder;

    /// <summary>Paths below the pin path, relative, sorted.</summary>
    public string[] Entries() => Directory.Exists(Path)
        ? [.. Directory.GetFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(entry => System.IO.Path.GetRelativePath(Path, entry)).Order(StringComparer.Ordinal)]
        : [];

    public void Dispose()
    {
        using (Process umount = Process.Start("umount", ["-l", _folder]))
        {
            umount.WaitForExit();
        }

        Directory.Delete(_folder);
    }
}
