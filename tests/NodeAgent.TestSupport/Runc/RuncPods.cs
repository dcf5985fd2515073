// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.TestSupport.Runc;

/// <summary>Containers of the real runc, in cgroups as a kubelet has them made: ten to a pod. Dispose removes what is left of them.</summary>
public sealed class RuncPods : IAsyncDisposable
{
    private const int ContainersPerPod = 10;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-runc-");
    private readonly string _program;

    /// <param name="program">Statically linked: it is all that there is in the containers.</param>
    public RuncPods(string program)
    {
        _program = "/bin/" + Path.GetFileName(program);
        foreach (string name in (string[])["bin", "tmp", "proc", "dev"])
        {
            Directory.CreateDirectory(Path.Combine(_folder.FullName, "rootfs", name));
        }

        File.Copy(program, _folder.FullName + "/rootfs" + _program);
    }

    /// <summary>Why this machine cannot run them; null when it can.</summary>
    public static string? Missing => !File.Exists("/usr/sbin/runc") && !File.Exists("/usr/bin/runc") ? "runc is not installed"
        : Environment.UserName != "root" ? "root is needed"
        : null;

    /// <summary>Shape: 64 hex digits.</summary>
    public static string ContainerId(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:x8}{new string('e', 56)}");

    /// <summary>Shape: 8-4-4-4-12 hex digits.</summary>
    public static string PodUid(int number) => string.Create(CultureInfo.InvariantCulture, $"{number / ContainersPerPod:x8}-aaaa-4bbb-8ccc-dddddddddddd");

    /// <summary>A container's whole life, from being made to being removed.</summary>
    /// <exception cref="InvalidOperationException">runc, or the program in it, failed.</exception>
    public Task RunAsync(int number, params string[] arguments) => RunAsync(number, seccomp: null, arguments);

    /// <inheritdoc cref="RunAsync(int, string[])"/>
    /// <param name="seccomp">Shape: <c>linux.seccomp</c> of the OCI configuration; null = no filter.</param>
    public async Task RunAsync(int number, JsonNode? seccomp, params string[] arguments)
    {
        string id = ContainerId(number);
        string bundle = Path.Combine(_folder.FullName, id);
        Directory.CreateDirectory(bundle);
        await File.WriteAllTextAsync(Path.Combine(bundle, "config.json"), Configuration(number, seccomp, arguments));
        string log = Path.Combine(bundle, "log");
        await RuncCommand.RunAsync(
            string.Create(CultureInfo.InvariantCulture, $"container {number}"), log, RuncCommand.Quiet, "sh", "runc", "--log", log, "--root", Path.Combine(_folder.FullName, "state"), "run", "--bundle", bundle, id);
        Directory.Delete(bundle, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        await TestCgroups.RemoveAsync("/" + _folder.Name);
        _folder.Delete(recursive: true);
    }

    private static JsonObject Mount(string place, string type) => new() { ["destination"] = place, ["type"] = type, ["source"] = type };

    private string Configuration(int number, JsonNode? seccomp, string[] arguments) => new JsonObject
    {
        ["ociVersion"] = "1.0.2",
        ["root"] = new JsonObject { ["path"] = Path.Combine(_folder.FullName, "rootfs") },
        ["process"] = new JsonObject { ["cwd"] = "/", ["args"] = new JsonArray([_program, .. arguments]), ["user"] = new JsonObject() },
        ["mounts"] = new JsonArray(Mount("/proc", "proc"), Mount("/dev", "tmpfs")), // each its own /dev: runc makes devices there
        ["linux"] = new JsonObject
        {
            ["seccomp"] = seccomp?.DeepClone(),
            ["cgroupsPath"] = $"/{_folder.Name}/kubepods/burstable/pod{PodUid(number)}/{ContainerId(number)}",
            ["namespaces"] = new JsonArray([.. ((string[])["pid", "mount", "ipc", "uts"]).Select(type => new JsonObject { ["type"] = type })]),
        },
    }.ToJsonString();
}
