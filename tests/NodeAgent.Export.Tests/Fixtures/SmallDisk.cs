// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A tmpfs of a few pages: a disk that is soon full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk? TryMount(string path, int sizeBytes)
    {
        Directory.CreateDirectory(path);
        return Run("mount", "-t", "tmpfs", "-o", $"size={sizeBytes}", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void Remount(bool readOnly) =>
        Assert.True(Run("mount", "-o", readOnly ? "remount,ro" : "remount,rw", Path), "remount");

    public void Dispose() => Run("umount", "-l", Path);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
