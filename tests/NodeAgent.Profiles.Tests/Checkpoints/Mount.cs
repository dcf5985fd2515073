// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace NodeAgent.Profiles.Tests.Checkpoints;

/// <summary>A small file system of its own, gone with the test.</summary>
internal sealed class Mount : IDisposable
{
    private readonly string _directory;

    private Mount(string directory) => _directory = directory;

    public static Mount Tmpfs(string directory, string options)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/bin/mount"), "mounting a tmpfs needs root and mount(8)");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory) == 0, "this machine does not let a tmpfs be mounted");
        return new Mount(directory);
    }

    public void Remount(string options) => Assert.Equal(0, Run("mount", "-o", "remount," + options, _directory));

    public void Dispose() => Run("umount", "-l", _directory);

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
