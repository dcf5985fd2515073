// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>The running agent scans its node.</summary>
[Trait("Level", "Integration")]
public sealed class HostScanTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public HostScanTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_HostScan_ShowsTheNodeToKubectl()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--host-scan-delay", "0s", "--node-name", "scanned");
        await Eventually.GetAsync(
            async () => await agent.MetricAsync("node_agent_host_objects_written_total") >= 3 ? "stored" : null, () => $"objects of the node: {agent.Log}");

        string kernel = (await File.ReadAllTextAsync("/proc/version", TestContext.Current.CancellationToken)).Trim();
        Assert.Equal(kernel, (await KubectlAsync("get", "kernelversions", "scanned", "-o", "jsonpath={.spec.content}")).Trim());
        Assert.NotEmpty(await KubectlAsync("get", "kernelversions", "scanned", "-o", "jsonpath={.status.lastSensed}"));
        await Eventually.GetAsync(
            async () => (await KubectlAsync("get", "workloadconfigurationscans", "-A", "-o", "name")).Contains("node-scanned", StringComparison.Ordinal) ? "there" : null, () => $"results: {agent.Log}");
        Assert.Equal(0, await agent.MetricAsync("node_agent_host_write_failures_total") + await agent.MetricAsync("node_agent_host_writes_refused_total"));
        (int code, _) = await agent.StopAsync();
        Assert.Equal(0, code);
    }

    // The port is opened by this process, and no event of the kernel tells of it: only the next scan does.
    [Fact]
    public async Task Run_NewListeningPort_IsAnAlertWithItsProcess()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--host-scan-delay", "0s", "--host-scan-interval", "10s", "--node-name", "scanned");
        await Eventually.TrueAsync(() => File.Exists(_data["host-baseline"]), $"a first scan: {agent.Log}");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        string line = await Eventually.GetAsync(
            () => Task.FromResult(agent.Output.FirstOrDefault(output => output.Contains("NA-H001", StringComparison.Ordinal) && output.Contains($" 127.0.0.1 {port}", StringComparison.Ordinal))),
            () => $"the alert about port {port}: {agent.Log}\n{string.Join('\n', agent.Output)}");

        JsonNode alert = JsonNode.Parse(line)!["spec"]!["alerts"]![0]!;
        Assert.Equal(((uint)Environment.ProcessId, "Host", "scanned"), ((uint)alert["infectedPID"]!, (string?)alert["workloadKind"], (string?)alert["nodeName"]));
    }

    // Who did it is told by the kernel: a shell sets the bit and writes the task, and is gone before the scan.
    [Fact]
    public async Task Run_SuidFileAndCronTask_AreAlertsWithTheirProcess()
    {
        string suid = $"/tmp/na-suid-{Guid.NewGuid():N}";
        string cron = $"/etc/cron.d/na-test-{Guid.NewGuid():N}";
        Assert.SkipUnless(Directory.Exists("/etc/cron.d"), "this machine has no /etc/cron.d");
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--host-scan-delay", "0s", "--host-scan-interval", "10s", "--host-scan-files-interval", "0s", "--node-name", "scanned");
        await Eventually.TrueAsync(() => File.Exists(_data["host-baseline"]), $"a first scan: {agent.Log}");
        try
        {
            // The 31st of February: it never runs.
            ShellResult done = await ShellProcess.RunAsync("/bin/sh", "-c", $"cp /bin/true {suid} && chmod 4755 {suid} && echo '0 0 31 2 * root /bin/true' > {cron} && exit 0");
            Assert.True(done.ExitCode == 0, done.All);
            JsonNode file = await AlertAsync(agent, "NA-H005", suid);
            JsonNode task = await AlertAsync(agent, "NA-H014", cron);

            Assert.EndsWith("chmod", (string?)file["arguments"]!["exePath"], StringComparison.Ordinal);
            Assert.Equal(("chmod", suid), ((string?)file["recentEvents"]![0]!["event"], (string?)file["recentEvents"]![0]!["detail"]));
            Assert.Equal("sh", (string?)task["identifiers"]!["process"]!["name"]);
            Assert.Contains(", by sh (", (string?)task["message"], StringComparison.Ordinal);
            Assert.True((uint)task["infectedPID"]! > 1);
            Assert.True(await agent.MetricAsync("node_agent_host_drift_witnessed_total") >= 2);
        }
        finally
        {
            File.Delete(suid);
            File.Delete(cron);
        }
    }

    // One that stays: what is mounted when the scan looks is what drift is about, and who mounted it is gone by then.
    [Fact]
    public async Task Run_Mount_IsAnAlertWithItsProcess()
    {
        string folder = Directory.CreateTempSubdirectory("na-mount-").FullName;
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--host-scan-delay", "0s", "--host-scan-interval", "10s", "--node-name", "scanned");
        await Eventually.TrueAsync(() => File.Exists(_data["host-baseline"]), $"a first scan: {agent.Log}");
        try
        {
            ShellResult done = await ShellProcess.RunAsync("/bin/sh", "-c", $"mount -t tmpfs -o size=1m na-test {folder}; exit $?");
            Assert.SkipUnless(done.ExitCode == 0, $"nothing can be mounted here: {done.All}");
            JsonNode mount = await AlertAsync(agent, "NA-H017", folder);

            Assert.Equal("mount", (string?)mount["identifiers"]!["process"]!["name"]);
            Assert.EndsWith("/mount", (string?)mount["arguments"]!["exePath"], StringComparison.Ordinal);
            Assert.Equal(("mount", folder), ((string?)mount["recentEvents"]![0]!["event"], (string?)mount["recentEvents"]![0]!["detail"]));
        }
        finally
        {
            await ShellProcess.RunAsync("/bin/umount", folder);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public async Task Run_HostScanOff_DoesNotScan()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--host-scan", "false", "--host-scan-delay", "0s");

        Assert.DoesNotContain("node_agent_host_scans_total", (await agent.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> AlertAsync(AgentProcess agent, string rule, string about)
    {
        string line = await Eventually.GetAsync(
            () => Task.FromResult(agent.Output.FirstOrDefault(output => output.Contains(rule, StringComparison.Ordinal) && output.Contains(about, StringComparison.Ordinal))),
            () => $"the alert {rule} about {about}: {agent.Log}\n{string.Join('\n', agent.Output)}");
        return JsonNode.Parse(line)!["spec"]!["alerts"]![0]!;
    }

    private async Task<string> KubectlAsync(params string[] arguments)
    {
        ShellResult result;
        try
        {
            result = await ShellProcess.RunAsync(
                "kubectl", arguments, new Dictionary<string, string?> { ["KUBECONFIG"] = _data["kubeconfig"], ["HOME"] = _data.Path }, TestContext.Current.CancellationToken);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("kubectl is not installed");
            throw;
        }

        Assert.True(result.ExitCode == 0, result.All);
        return result.Output;
    }
}
