// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>Containers of the real runc to attack: a busybox of their own, the host's /usr read-only, a network of their own without a way out.</summary>
/// <remarks>They stand where runc keeps what it runs, so that the agent knows how each was set up. Dispose removes all.</remarks>
internal sealed class AttackStage : IAsyncDisposable
{
    // Below /root: a folder of the host of which nothing should be in a container.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/root/.na-attack-{Guid.NewGuid():N}");
    private readonly List<string> _running = [];

    private AttackStage()
    {
        foreach (string name in (string[])["rootfs/bin", "rootfs/tmp", "rootfs/proc", "rootfs/dev", "rootfs/usr", "rootfs/shared", "rootfs/hostroot", "rootfs/run", "shared", "hostroot"])
        {
            _folder.CreateSubdirectory(name);
        }
    }

    public static string? Missing => Environment.UserName != "root" ? "root is needed"
        : !File.Exists("/usr/sbin/runc") && !File.Exists("/usr/bin/runc") ? "runc is not installed"
        : !File.Exists("/bin/busybox") ? "busybox-static is not installed"
        : null;

    /// <summary>On the host; <c>/shared</c> in the containers.</summary>
    public string Shared => _folder.FullName + "/shared";

    public static async Task<AttackStage> CreateAsync()
    {
        var stage = new AttackStage();
        string root = stage._folder.FullName + "/rootfs";
        File.Copy("/bin/busybox", root + "/bin/busybox");

        // Names of their own, not links: profiles know programs by where they are.
        await RequireAsync("/bin/busybox", "chroot", root, "/bin/busybox", "--install", "/bin");
        foreach (string link in (string[])["lib", "lib64", "sbin"])
        {
            if (new FileInfo("/" + link).LinkTarget is not null || Directory.Exists("/usr/" + link))
            {
                File.CreateSymbolicLink($"{root}/{link}", "usr/" + link);
            }
        }

        return stage;
    }

    /// <summary>Starts a container.</summary>
    /// <param name="capabilities">Shape: <c>CAP_CHOWN</c>; empty = all.</param>
    /// <param name="command">Its first process.</param>
    /// <returns>Shape: 64 hex digits.</returns>
    public async Task<string> RunAsync(string[] capabilities, params string[] command)
    {
        string id = $"{Guid.NewGuid():N}{Guid.NewGuid():N}";
        string bundle = _folder.CreateSubdirectory(id).FullName;
        await File.WriteAllTextAsync(bundle + "/config.json", Configuration(id, capabilities, command), TestContext.Current.CancellationToken);
        _running.Add(id);

        // No stream of ours for the container to keep.
        ShellResult result = await ShellProcess.RunAsync("/bin/sh", "-c", $"exec runc --log {bundle}/log run --detach --bundle {bundle} {id} </dev/null >/dev/null 2>&1");
        Assert.True(result.ExitCode == 0, await File.ReadAllTextAsync(bundle + "/log", TestContext.Current.CancellationToken));
        return id;
    }

    /// <summary>Runs a command in a container, as <c>kubectl exec</c> does. What it returns is its own affair.</summary>
    public static Task ExecAsync(string id, params string[] command) =>
        ShellProcess.RunAsync("/bin/sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", "runc", "exec", id, .. command], null, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (string id in _running)
        {
            await ShellProcess.RunAsync("runc", "delete", "--force", id);
        }

        foreach (string hierarchy in Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(path => path + Parent).Where(Directory.Exists))
        {
            await Eventually.TrueAsync(() => Directory.GetDirectories(hierarchy).Length == 0, "the cgroups of the containers gone");
            Directory.Delete(hierarchy);
        }

        _folder.Delete(recursive: true);
    }

    private string Parent => "/" + _folder.Name.TrimStart('.');

    private string Configuration(string id, string[] capabilities, string[] command)
    {
        string[] all = capabilities.Length > 0 ? capabilities : Own();
        return new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["root"] = new JsonObject { ["path"] = _folder.FullName + "/rootfs" },
            ["process"] = new JsonObject
            {
                ["cwd"] = "/",
                ["args"] = Texts(command),
                ["env"] = Texts(["PATH=/bin:/usr/bin:/usr/sbin", "HOME=/root"]),
                ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
                ["capabilities"] = new JsonObject([.. ((string[])["bounding", "effective", "permitted"]).Select(set => KeyValuePair.Create(set, (JsonNode?)Texts(all)))]),
            },
            ["mounts"] = new JsonArray(
                new JsonObject { ["destination"] = "/proc", ["type"] = "proc", ["source"] = "proc" },
                new JsonObject { ["destination"] = "/dev", ["type"] = "tmpfs", ["source"] = "tmpfs" },
                Bound("/usr", "/usr", "ro"), Bound(Shared, "/shared", "rw"), Bound(_folder.FullName + "/hostroot", "/hostroot", "rw")),
            ["linux"] = new JsonObject
            {
                ["cgroupsPath"] = $"{Parent}/{id}",

                // No pid namespace: a pod with hostPID can reach more.
                ["namespaces"] = new JsonArray([.. ((string[])["mount", "ipc", "uts", "network"]).Select(type => new JsonObject { ["type"] = type })]),
            },
        }.ToJsonString();
    }

    // Nobody gives away what he has not.
    private static string[] Own()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong set = ulong.Parse(line.AsSpan(line.IndexOf('\t') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, 64).Where(number => (set >> number & 1) != 0).Select(number => "CAP_" + Events.Capabilities.CapabilityNames.Of(number))];
    }

    private static JsonObject Bound(string source, string destination, string mode) =>
        new() { ["destination"] = destination, ["type"] = "bind", ["source"] = source, ["options"] = Texts(["rbind", mode]) };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static async Task RequireAsync(string file, params string[] arguments)
    {
        ShellResult result = await ShellProcess.RunAsync(file, arguments, null, TestContext.Current.CancellationToken);
        Assert.True(result.ExitCode == 0, $"{file} {string.Join(' ', arguments)}: {result.All}");
    }
}
