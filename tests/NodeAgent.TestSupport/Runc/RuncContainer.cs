// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.TestSupport.Runc;

/// <summary>One container of busybox by the real runc, of a shape that no runtime on this machine makes. Dispose removes what is left.</summary>
public sealed class RuncContainer : IAsyncDisposable
{
    private const string InCgroup = "echo $$ >\"$1/cgroup.procs\" && shift && " + RuncCommand.Quiet;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-runc-");

    public RuncContainer()
    {
        foreach (string name in (string[])["bin", "tmp", "proc", "dev/shm", "etc"])
        {
            Directory.CreateDirectory(Path.Combine(Root, name));
        }

        File.Copy("/bin/busybox", Path.Combine(Root, "bin/busybox"));
        foreach (string applet in (string[])["sh", "true", "sleep", "cat"])
        {
            File.CreateSymbolicLink(Path.Combine(Root, "bin", applet), "busybox");
        }

        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0x1ed);
    }

    public static string? Missing => RuncPods.Missing ?? (!File.Exists("/bin/busybox") ? "busybox-static is not installed" : null);

    /// <summary>Shape: 64 hex digits.</summary>
    public string Id { get; } = $"{Guid.NewGuid():N}{Guid.NewGuid():N}";

    /// <summary>Above all cgroups of this container, so that they can be removed whole.</summary>
    public string CgroupParent => "/" + _folder.Name;

    /// <summary>The folder with <c>config.json</c>.</summary>
    public string Bundle => _folder.FullName;

    private string Log => Path.Combine(Bundle, "log");

    private string Root => Path.Combine(_folder.FullName, "rootfs");

    /// <summary>Its whole life in a cgroup that runc makes.</summary>
    /// <param name="cgroup">Shape: path below <see cref="CgroupParent"/>, or any absolute one.</param>
    /// <param name="userNamespaceFrom">Uid outside that is root inside; null = no user namespace.</param>
    /// <param name="script">For its shell.</param>
    public Task RunAsync(string cgroup, int? userNamespaceFrom, string script)
    {
        Write(cgroup, userNamespaceFrom, 65536, script);
        if (userNamespaceFrom is { } uid)
        {
            Own(uid);
        }

        return ProcessAsync([RuncCommand.Quiet, "sh", .. Runc]);
    }

    /// <summary>Its whole life as a user without rights runs it: runc makes no cgroup, the user's service manager has made one.</summary>
    /// <param name="uid">The user.</param>
    /// <param name="cgroup">Shape: path below <see cref="CgroupParent"/>.</param>
    /// <param name="script">For its shell.</param>
    public Task RunRootlessAsync(int uid, string cgroup, string script)
    {
        Write(null, uid, 1, script);
        Own(uid);
        string directory = CgroupMount + cgroup;
        Directory.CreateDirectory(directory);
        return ProcessAsync([InCgroup, "sh", directory, "setpriv", $"--reuid={uid}", $"--regid={uid}", "--clear-groups", .. Runc]);
    }

    /// <summary>Writes <c>config.json</c> for somebody else to run.</summary>
    /// <param name="cgroup">Null = that of whoever starts it.</param>
    /// <param name="userNamespaceFrom">Uid outside that is root inside; null = no user namespace.</param>
    /// <param name="uids">How many.</param>
    /// <param name="script">For its shell.</param>
    public void Write(string? cgroup, int? userNamespaceFrom, int uids, string script)
    {
        var linux = new JsonObject();
        List<string> namespaces = ["pid", "mount", "ipc", "uts"];
        if (userNamespaceFrom is { } first)
        {
            namespaces.Add("user");
            linux["uidMappings"] = Mapping(first, uids);
            linux["gidMappings"] = Mapping(first, uids);
        }

        if (cgroup is not null)
        {
            linux["cgroupsPath"] = cgroup;
        }

        linux["namespaces"] = new JsonArray([.. namespaces.Select(type => new JsonObject { ["type"] = type })]);
        File.WriteAllText(Path.Combine(Bundle, "config.json"), new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject { ["path"] = "rootfs" },
            ["process"] = new JsonObject
            {
                ["cwd"] = "/",
                ["args"] = new JsonArray("/bin/sh", "-c", script),
                ["env"] = new JsonArray("PATH=/bin"),
                ["user"] = new JsonObject(),
            },
            ["mounts"] = new JsonArray(new JsonObject { ["destination"] = "/proc", ["type"] = "proc", ["source"] = "proc" }),
            ["linux"] = linux,
        }.ToJsonString());
    }

    /// <summary>What a container must see to start this one from inside: runc, its libraries, the cgroups and this bundle.</summary>
    public IReadOnlyList<(string Host, string Inside, bool ReadOnly)> InnerMounts =>
    [
        ("/usr", "/usr", true), ("/lib", "/lib", true), ("/lib64", "/lib64", true), ("/sys/fs/cgroup", "/sys/fs/cgroup", false), (Bundle, Bundle, false),
    ];

    /// <summary>A shell command for a container with <see cref="InnerMounts"/>, which runs this one below the container's own cgroup.</summary>
    /// <param name="script">For its shell.</param>
    public string InnerRunc(string script)
    {
        Write("@/docker/" + Id, null, 0, script);
        string config = Path.Combine(Bundle, "config.json");
        return $"own=$(/bin/busybox sed -n 's/^0:://p' /proc/self/cgroup); /bin/busybox sed -i \"s|@/docker|$own/docker|\" {config}; /usr/sbin/{string.Join(' ', Runc)} >{Bundle}/out 2>&1";
    }

    public async ValueTask DisposeAsync()
    {
        await TestCgroups.RemoveAsync(CgroupParent);
        _folder.Delete(recursive: true);
    }

    // Hybrid machines have the cgroup2 tree here.
    private static string CgroupMount => Directory.Exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";

    private static JsonArray Mapping(int first, int size) => [new JsonObject { ["containerID"] = 0, ["hostID"] = first, ["size"] = size }];

    private string[] Runc => ["runc", "--log", Log, "--root", Path.Combine(Bundle, "state"), "run", "--bundle", Bundle, Id];

    private void Own(int uid)
    {
        using Process process = Process.Start("chown", ["-R", $"{uid}:{uid}", Bundle]);
        process.WaitForExit();
    }

    private Task ProcessAsync(string[] arguments) => RuncCommand.RunAsync("runc", Log, arguments);
}
