// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json.Nodes;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Enrichment.Tests.Cgroups;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers;

public sealed class RealRuncTests : IDisposable
{
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("runc-real");
    private readonly List<string> _cgroups = [];

    public void Dispose()
    {
        foreach (string cgroup in _cgroups)
        {
            foreach (string mount in Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup"))
            {
                if (Directory.Exists(mount + cgroup))
                {
                    Directory.Delete(mount + cgroup);
                }
            }
        }

        _work.Delete(recursive: true);
    }

    [Fact]
    public async Task LoadExisting_ContainerOfRealRunc_IsNamedFromItsState()
    {
        (CgroupTree tree, string name) = RealCgroup.Require();
        RequireTools();
        string id = $"c-{name[^8..]}";
        string cgroup = $"/{name}/plain";
        MakeBundle(cgroup);
        _cgroups.Add($"/{name}");
        string state = Path.Combine(_work.FullName, "state");
        await Run("runc", "--root", state, "create", "--bundle", _work.FullName, id);
        try
        {
            var options = new RuncStateOptions();
            options.Roots.Clear();
            options.Roots.Add(state);
            var lookup = new ContainerLookup(
                tree, [new RuncStateSource(options, new OciBundles(new OciBundleOptions()))], new ContainerTableOptions(), TimeProvider.System,
                Microsoft.Extensions.Logging.Abstractions.NullLogger<ContainerLookup>.Instance);
            var table = new ContainerTable(new ContainerTableOptions(), tree, lookup, "node-1");
            var stage = new EnrichmentStage(
                new Enrichment.Processes.ProcessTable(new Enrichment.Processes.ProcessTableOptions()),
                table,
                new Enrichment.Names.DnsNames(new Enrichment.Names.DnsNamesOptions()));
            stage.LoadCgroups(1);
            Assert.True(tree.TryGetId(cgroup, out ulong cgroupId));
            ContainerInfo info = table.Resolve(cgroupId, 0, 1);
            Assert.Equal(UnitKind.Cgroup, info.Identity.Kind);

            using var stop = new CancellationTokenSource();
            Task running = lookup.RunAsync(stop.Token);
            await Stages.TickUntil(stage, Stages.Second, () => info.Identity.Kind == UnitKind.Container);
            await stop.CancelAsync();
            await running;

            Assert.Equal(("runc", id, id), (info.Identity.Runtime, info.Identity.ContainerId, info.Identity.ContainerName));
            Assert.Equal("r.io/demo:1", info.Identity.Image);
            Assert.False(info.Identity.HostNetwork);
            Assert.Equal(["/bin/busybox", "sleep", "60"], info.Identity.Configuration!.Args);
        }
        finally
        {
            await Run("runc", "--root", state, "delete", "--force", id);
        }
    }

    private static void RequireTools()
    {
        string[] paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        foreach (string tool in (string[])["runc", "busybox"])
        {
            if (!paths.Append("/usr/sbin").Any(path => File.Exists(Path.Combine(path, tool))))
            {
                Assert.Skip($"{tool} is not installed");
            }
        }
    }

    private void MakeBundle(string cgroup)
    {
        Directory.CreateDirectory(Path.Combine(_work.FullName, "rootfs", "bin"));
        File.Copy("/usr/bin/busybox", Path.Combine(_work.FullName, "rootfs", "bin", "busybox"));
        var namespaces = new JsonArray();
        foreach (string type in (string[])["pid", "mount", "ipc", "uts", "network"])
        {
            namespaces.Add(new JsonObject { ["type"] = type });
        }

        var config = new JsonObject
        {
            ["ociVersion"] = "1.0.2",
            ["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = "r.io/demo:1" },
            ["root"] = new JsonObject { ["path"] = "rootfs" },
            ["process"] = new JsonObject { ["cwd"] = "/", ["args"] = new JsonArray("/bin/busybox", "sleep", "60"), ["user"] = new JsonObject() },
            ["mounts"] = new JsonArray(new JsonObject { ["destination"] = "/proc", ["type"] = "proc", ["source"] = "proc" }),
            ["linux"] = new JsonObject { ["cgroupsPath"] = cgroup, ["namespaces"] = namespaces },
        };
        File.WriteAllText(Path.Combine(_work.FullName, "config.json"), config.ToJsonString());
    }

    private static async Task Run(string tool, params string[] arguments)
    {
        // The container's init inherits these streams, so they must not be pipes that we read to their end.
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", tool, .. arguments]))!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
