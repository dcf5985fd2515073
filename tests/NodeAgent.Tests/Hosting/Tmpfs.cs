// SPDX-License-Identifier: Apache-2.0

namespace NodeAgent.Tests.Hosting;

/// <summary>A file system in memory that goes away with everything in it; root only.</summary>
internal sealed class Tmpfs : IDisposable
{
    private Tmpfs(string path) => Path = path;

    public string Path { get; }

    /// <param name="size">Shape: as mount(8) takes it, <c>1m</c>.</param>
    public static async Task<Tmpfs> MountAsync(string size)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        string path = Directory.CreateTempSubdirectory("node-agent-test-tmpfs-").FullName;
        ShellResult result = await ShellProcess.RunAsync("mount", "-t", "tmpfs", "-o", $"size={size},mode=700", "tmpfs", path);
        if (result.ExitCode != 0)
        {
            Directory.Delete(path);
            Assert.Skip($"this machine lets no tmpfs be mounted: {result.All.Trim()}");
        }

        return new Tmpfs(path);
    }

    public async Task MakeReadOnlyAsync()
    {
        ShellResult result = await ShellProcess.RunAsync("mount", "-o", "remount,ro", Path);
        Assert.True(result.ExitCode == 0, result.All);
    }

    /// <summary>Writes a file until nothing fits any more.</summary>
    public void Fill(string name = "fill")
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, name), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Dispose()
    {
        // Lazy: a process that is still ending may hold a file for a moment.
        ShellProcess.RunAsync("umount", "-l", Path).GetAwaiter().GetResult();
        Directory.Delete(Path);
    }
}
