// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Agent;

/// <summary>A bpffs of the test's own: what agents pin there goes with it.</summary>
internal sealed class BpfMount : IAsyncDisposable
{
    private readonly string _folder;

    private BpfMount(string folder) => _folder = folder;

    /// <summary>A pin path; the agent makes it.</summary>
    public string Path => System.IO.Path.Combine(_folder, "node-agent");

    public static async Task<BpfMount> CreateAsync()
    {
        string folder = Directory.CreateTempSubdirectory("node-agent-test-bpffs-").FullName;
        ShellResult result = await ShellProcess.RunAsync("mount", "-t", "bpf", "bpf", folder);
        if (result.ExitCode != 0)
        {
            Directory.Delete(folder);
            Assert.Skip($"this machine lets no bpffs be mounted: {result.All.Trim()}");
        }

        return new BpfMount(folder);
    }

    /// <summary>Everything below the pin path, relative, sorted.</summary>
    public string[] Entries() => !Directory.Exists(Path)
        ? []
        : [.. Directory.GetFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(e => System.IO.Path.GetRelativePath(Path, e)).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await ShellProcess.RunAsync("umount", "-l", _folder);
        Directory.Delete(_folder);
    }
}
