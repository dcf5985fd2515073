// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.TestSupport.Podman;

/// <summary>A real Podman that serves its Docker-compatible API on a scratch store and socket. Dispose removes its containers and ends it.</summary>
public sealed class PodmanFixture : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-podman-");
    private Process? _service;

    /// <summary>Why this machine cannot run it; null when it can.</summary>
    public static string? Missing => !File.Exists("/usr/bin/podman") ? "podman is not installed"
        : !File.Exists("/bin/busybox") ? "busybox-static is not installed"
        : Environment.UserName != "root" ? "root is needed"
        : null;

    public string Socket => Path.Combine(_folder.FullName, "podman.sock");

    /// <summary>Where this Podman keeps bundles, in the terms of <c>OciBundleOptions</c>.</summary>
    public string BundlePattern => Path.Combine(_folder.FullName, "root", "*", "{id}", "userdata");

    public static async Task<PodmanFixture> StartAsync()
    {
        var fixture = new PodmanFixture();
        try
        {
            string archive = Path.Combine(fixture._folder.FullName, "busybox.tar");
            BusyboxImage.Write(archive);
            await fixture.RunAsync("load", "-q", "-i", archive);
            fixture._service = fixture.Start("system", "service", "-t", "0", "unix://" + fixture.Socket);
            await fixture.WaitAsync();
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a container of the host's network that sleeps.</summary>
    /// <returns>Its id.</returns>
    public Task<string> RunContainerAsync(string name, params string[] options) => RunAsync([
        "run", "-d", "--name", name, "--network", "host", "--cgroup-parent", "/" + _folder.Name, "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096",
        .. options, BusyboxImage.Name, "/bin/sleep", "1000000",
    ]);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("rm", "-f", "-a", "-t", "0");
        if (_service is not null)
        {
            using Process ending = Process.Start("kill", ["-TERM", $"{_service.Id}"]);
            await ending.WaitForExitAsync();
            await _service.WaitForExitAsync();
            _service.Dispose();
        }

        await TestCgroups.RemoveAsync("/" + _folder.Name);
        foreach (string mount in File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1]).Where(at => at.StartsWith(_folder.FullName, StringComparison.Ordinal)).Reverse())
        {
            using Process unmount = Process.Start("umount", [mount]);
            await unmount.WaitForExitAsync();
        }

        _folder.Delete(recursive: true);
    }

    // Output goes into a file: conmon inherits it and lives as long as its container.
    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("/bin/sh",
    [
        "-c", "out=$1; shift; exec podman \"$@\" >\"$out\" 2>\"$out.err\" </dev/null", "sh", OutputOf(arguments[0]),
        "--root", $"{_folder}/root", "--runroot", $"{_folder}/run", "--tmpdir", $"{_folder}/tmp", "--storage-driver", "vfs",
        "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", "runc", .. arguments,
    ]))!;

    private string OutputOf(string command) => Path.Combine(_folder.FullName, command + ".out");

    private async Task<string> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        await process.WaitForExitAsync();
        string output = OutputOf(arguments[0]);
        return process.ExitCode == 0
            ? (await File.ReadAllTextAsync(output)).Trim()
            : throw new InvalidOperationException($"podman {string.Join(' ', arguments)}: {await File.ReadAllTextAsync(output + ".err")}");
    }

    private async Task WaitAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
                return;
            }
            catch (SocketException) when (!_service!.HasExited && Stopwatch.GetElapsedTime(began) < StartLimit)
            {
                await Task.Delay(20);
            }
        }
    }
}
