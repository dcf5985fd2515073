// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Tests;

/// <summary>A host's files in a temporary folder, for as long as a test runs.</summary>
internal sealed class HostTree : IDisposable
{
    public HostTree()
    {
        Folder = Directory.CreateTempSubdirectory("node-agent-host-").FullName;
        // With a /proc of its own, nothing of the machine that runs the test shows.
        Directory.CreateDirectory(At("/proc/sys"));
        Directory.CreateDirectory(At("/sys/kernel"));
    }

    public string Folder { get; }

    public HostTree File(string path, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) => File(path, Encoding.UTF8.GetBytes(content), mode);

    public HostTree File(string path, byte[] content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string file = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllBytes(file, content);
        System.IO.File.SetUnixFileMode(file, mode);
        return this;
    }

    /// <summary>An empty folder with a mode of its own.</summary>
    public HostTree MakeFolder(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(At(path));
        System.IO.File.SetUnixFileMode(At(path), mode);
        return this;
    }

    public HostTree Link(string path, string target)
    {
        string link = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        System.IO.File.CreateSymbolicLink(link, target);
        return this;
    }

    /// <summary>A process of the host.</summary>
    /// <param name="cgroup">Shape: path in the cgroup2 tree.</param>
    public HostTree Process(int pid, string executable, string[] arguments, string cgroup = "/", int parent = 1)
    {
        string comm = Path.GetFileName(executable);
        return File($"/proc/{pid}/stat", $"{pid} ({comm[..Math.Min(15, comm.Length)]}) S {parent} 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 {pid * 100} 0 0\n")
            .File($"/proc/{pid}/cmdline", string.Concat(arguments.Select(argument => argument + '\0')))
            .File($"/proc/{pid}/cgroup", $"0::{cgroup}\n")
            .Link($"/proc/{pid}/exe", executable)
            .Link($"/proc/{pid}/ns/net", "net:[4026531840]");
    }

    public HostRoot Open() => HostRoot.Open(Folder);

    public string At(string path) => Path.Combine(Folder, path.TrimStart('/'));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
