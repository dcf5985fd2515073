// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>The running agent looks after files of its machine: real changes by real programs.</summary>
[Trait("Level", "Integration")]
public sealed class IntegrityTests : IDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly ScratchFolder _files = new();
    private readonly ScratchFolder _else = new();

    public IntegrityTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose()
    {
        _data.Dispose();
        _files.Dispose();
        _else.Dispose();
    }

    [Fact]
    public async Task Run_FileIsWrittenTo_TellsWhoAndFromWhatToWhat()
    {
        string file = _files.Write("passwd", "before\n");
        await using AgentProcess agent = await StartAsync();

        await ShellAsync($"printf 'after!\n' 1<>{file}");

        JsonNode alert = await AlertAsync(agent, "NA-F002", file);
        JsonNode change = alert["arguments"]!["fileChange"]!;
        Assert.Equal((Sha("before\n"), Sha("after!\n")), (Text(change, "before", "sha256"), Text(change, "after", "sha256")));
        Assert.Equal(("change", "sh", "Host"), ((string?)change["kind"], (string?)alert["identifiers"]!["process"]!["name"], (string?)alert["workloadKind"] is "Host" or "SystemdUnit" or "Cgroup" ? "Host" : "other"));
        Assert.NotEqual(0, (int)alert["infectedPID"]!);
        Assert.Contains($"sh changed {file}: SHA-256 {Sha("before\n")[..12]} → {Sha("after!\n")[..12]}", (string?)alert["message"], StringComparison.Ordinal);
    }

    // Each kind with the fact that tells it: rule, path, before, after.
    [Fact]
    public async Task Run_EveryKindOfChange_IsToldAsWhatItIs()
    {
        foreach (string name in (string[])["mode", "owner", "gone", "old", "target", "leaves", "linked", "attribute", "cut", "folder/in"])
        {
            _files.Write(name, name);
        }

        string outside = _else.Write("comes", "comes");
        await using AgentProcess agent = await StartAsync();
        await ShellAsync($"""
            cd {_files.Path}
            echo new >created; mkdir made; ln -s /etc/shadow symbolic
            chmod 4755 mode; chown 12:34 owner; rm gone; mv old new; mv new target; mv leaves {_else.Path}/; mv {outside} .; ln linked name; setfattr -n user.note -v x attribute
            truncate -s 1 cut; mv folder moved; rmdir made
            """);

        Assert.Equal("create", Kind(await AlertAsync(agent, "NA-F001", At("created"))));
        Assert.Equal("create", Kind(await AlertAsync(agent, "NA-F001", At("made"))));
        Assert.Equal("/etc/shadow", Text(Change(await AlertAsync(agent, "NA-F001", At("symbolic"))), "after", "target"));
        JsonNode mode = Change(await AlertAsync(agent, "NA-F006", At("mode")));
        Assert.Equal(("0644", "4755"), (Text(mode, "before", "mode"), Text(mode, "after", "mode")));
        JsonNode owner = Change(await AlertAsync(agent, "NA-F007", At("owner")));
        Assert.Equal((0, 12, 34), ((int)owner["before"]!["uid"]!, (int)owner["after"]!["uid"]!, (int)owner["after"]!["gid"]!));
        JsonNode gone = Change(await AlertAsync(agent, "NA-F003", At("gone")));
        Assert.Equal((Sha("gone"), null), (Text(gone, "before", "sha256"), gone["after"]));
        JsonNode over = await AlertAsync(agent, "NA-F004", At("target"));
        Assert.Equal((At("new"), Sha("target"), Sha("old")), ((string?)over["arguments"]!["oldPath"], Text(Change(over), "before", "sha256"), Text(Change(over), "after", "sha256")));
        Assert.Equal(Sha("leaves"), Text(Change(await AlertAsync(agent, "NA-F005", _else["leaves"])), "after", "sha256"));
        Assert.Equal(Sha("comes"), Text(Change(await AlertAsync(agent, "NA-F005", At("comes"))), "after", "sha256"));
        Assert.Equal(At("linked"), (string?)(await AlertAsync(agent, "NA-F009", At("name")))["arguments"]!["oldPath"]);
        Assert.Contains("user.note", (string?)(await AlertAsync(agent, "NA-F008", At("attribute")))["message"], StringComparison.Ordinal);
        Assert.Equal((Sha("cut"), Sha("c")), (Text(Change(await AlertAsync(agent, "NA-F002", At("cut"))), "before", "sha256"), Text(Change(await AlertAsync(agent, "NA-F002", At("cut"))), "after", "sha256")));
        await AlertAsync(agent, "NA-F004", At("moved"));
        await AlertAsync(agent, "NA-F003", At("made"));

        // What went with the folder is known by its new name.
        await ShellAsync($"printf other 1<>{At("moved/in")}");
        Assert.Equal(Sha("folder/in"), Text(Change(await AlertAsync(agent, "NA-F002", At("moved/in"))), "before", "sha256"));
    }

    // The kernel tells a container's second, equal opening to nobody, but for watched files.
    [Fact]
    public async Task Run_OneProgramWritesAgainAndAgain_EachIsTold()
    {
        string file = _files.Write("file", "0");
        await using AgentProcess agent = await StartAsync();
        for (int turn = 1; turn <= 3; turn++)
        {
            await ShellAsync($"echo {turn} >{file}");
            string digest = Sha($"{turn}\n");
            await Eventually.GetAsync(
                () => Task.FromResult(Alerts(agent, "NA-F002", file).FirstOrDefault(alert => Text(Change(alert), "after", "sha256") == digest)), () => $"turn {turn}: {string.Join('\n', agent.Output)}");
        }
    }

    [Fact]
    public async Task Run_OpenedForWritingAndNotChanged_IsNoAlert()
    {
        string file = _files.Write("file", "same");
        await using AgentProcess agent = await StartAsync();

        await ShellAsync($"printf same 1<>{file}; chmod 644 {file}");

        await Eventually.GetAsync(async () => await agent.MetricAsync("node_agent_integrity_unchanged_total") >= 2 ? "seen" : null, () => $"looked at: {agent.Log}");
        Assert.DoesNotContain(agent.Output, line => line.Contains("\"NA-F", StringComparison.Ordinal));
    }

    // Who opens a file, waits until it was looked at, and writes then.
    [Fact]
    public async Task Run_WrittenLongAfterItWasOpened_IsTold()
    {
        string file = _files.Write("file", "before");
        await using AgentProcess agent = await StartAsync();
        await using FileStream writer = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        await Eventually.GetAsync(async () => await agent.MetricAsync("node_agent_integrity_unchanged_total") >= 1 ? "seen" : null, () => $"the opening looked at: {agent.Log}");

        await writer.WriteAsync("later!"u8.ToArray(), TestContext.Current.CancellationToken);
        await writer.FlushAsync(TestContext.Current.CancellationToken);

        JsonNode alert = await AlertAsync(agent, "NA-F002", file);
        Assert.Equal(((uint)Environment.ProcessId, Sha("later!")), ((uint)alert["infectedPID"]!, Text(Change(alert), "after", "sha256")));
    }

    [Fact]
    public async Task Run_ChangedWhileNoAgentRan_IsToldWithoutAName()
    {
        string changed = _files.Write("changed", "before"), gone = _files.Write("gone", "gone");
        _files.Write("same", "same");
        await using (AgentProcess first = await StartAsync())
        {
            (int code, _) = await first.StopAsync();
            Assert.Equal(0, code);
        }

        await ShellAsync($"echo after >{changed}; rm {gone}; echo new >{At("new")}");
        await using AgentProcess agent = await StartAsync();

        JsonNode alert = await AlertAsync(agent, "NA-F011", changed);
        Assert.Equal(("change", Sha("before"), Sha("after\n"), 0), (Kind(alert), Text(Change(alert), "before", "sha256"), Text(Change(alert), "after", "sha256"), (int)alert["infectedPID"]!));
        Assert.Equal("remove", Kind(await AlertAsync(agent, "NA-F011", gone)));
        Assert.Equal("create", Kind(await AlertAsync(agent, "NA-F011", At("new"))));
        Assert.Empty(Alerts(agent, "NA-F011", At("same")));
    }

    // By another name of the same file, which no watched path covers.
    [Fact]
    public async Task Run_WrittenThroughAHardLink_IsToldOfTheWatchedFile()
    {
        string file = _files.Write("file", "before");
        await ShellAsync($"ln {file} {_else["link"]}");
        await using AgentProcess agent = await StartAsync();

        await ShellAsync($"printf 'after!' 1<>{_else["link"]}");

        JsonNode alert = await AlertAsync(agent, "NA-F002", file);
        Assert.Equal((_else["link"], Sha("after!")), ((string?)Change(alert)["seenAs"], Text(Change(alert), "after", "sha256")));
    }

    // A process writes to a file of its own mount namespace, and then nobody who looks there comes back: a file system in user space whose program does nothing.
    [Fact]
    public async Task Run_FilesOfAProcessHang_OthersAreToldAsEver()
    {
        Assert.SkipUnless(File.Exists("/dev/fuse"), "this machine has no /dev/fuse");
        await using AgentProcess agent = await StartAsync();
        using Process hanging = ShellProcess.Start(
            "unshare", ["-m", "sh", "-ec", $"mount -t tmpfs na-test {_files.Path}; exec 3<>/dev/fuse; echo x >{At("hangs")}; mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 na-test {_files.Path}; exec sleep 600"]);
        try
        {
            await Eventually.GetAsync(
                async () => hanging.HasExited || await agent.MetricAsync("node_agent_integrity_unread_total", "late") >= 1 ? "late" : null, () => $"a look that hangs: {agent.Log}");
            Assert.False(hanging.HasExited, "nothing can be mounted here");
            string file = _files.Write("file", "new");

            JsonNode alert = await AlertAsync(agent, "NA-F001", file);
            Assert.Equal(Sha("new"), Text(Change(alert), "after", "sha256"));
            Assert.Equal("late", Text(Change(await AlertAsync(agent, "NA-F001", At("hangs"))), "after", "unread"));
        }
        finally
        {
            hanging.Kill(entireProcessTree: true);
            await hanging.WaitForExitAsync(CancellationToken.None);
        }

        (int code, _) = await agent.StopAsync();
        Assert.Equal(0, code);
    }

    // More than any queue holds, of names that end any line: what is not told one by one is counted, and compared.
    [Fact]
    public async Task Run_Flood_NothingIsLostSilently()
    {
        await using AgentProcess agent = await StartAsync("--budget-file", "0");
        await ShellAsync($$"""cd {{_files.Path}}; seq 20000 | awk '{ f = "f" $1; print "x" >f; close(f) }'; printf y >"$(printf 'a\nb\377')" """);

        await Eventually.GetAsync(
            async () => await agent.MetricAsync("node_agent_integrity_alerts_total") + await agent.MetricAsync("node_agent_integrity_dropped_total") is >= 20_000 and var told ? $"{told}" : null,
            () => $"told and counted: {agent.Log}");
        Assert.True(await agent.MetricAsync("node_agent_integrity_dropped_total") > 0);
        (int code, _) = await agent.StopAsync();
        Assert.Equal(0, code);
        Assert.All(agent.Alerts, alert => Assert.NotEmpty(alert.Rule));
        await ShellAsync($"rm {_files.Path}/a*");
    }

    private async Task<AgentProcess> StartAsync(params string[] flags)
    {
        AgentProcess agent = await AgentProcess.StartAsync(_data.Path, ["--integrity-paths", _files.Path, "--integrity-repeat-after", "0s", "--host-scan", "false", .. flags]);
        await Eventually.GetAsync(async () => await agent.MetricAsync("node_agent_integrity_scans_total") >= 1 ? "done" : null, () => $"the baseline: {agent.Log}");
        return agent;
    }

    private static Task<JsonNode> AlertAsync(AgentProcess agent, string rule, string path) => Eventually.GetAsync(
        () => Task.FromResult(Alerts(agent, rule, path).FirstOrDefault()), () => $"{rule} about {path} among {string.Join('\n', agent.Output)}\n{agent.Log}");

    private static IEnumerable<JsonNode> Alerts(AgentProcess agent, string rule, string path) => agent.Output
        .Where(line => line.Contains($"\"{rule}\"", StringComparison.Ordinal))
        .Select(line => JsonNode.Parse(line)!["spec"]!["alerts"]![0]!)
        .Where(alert => (string?)alert["ruleID"] == rule && (string?)alert["arguments"]!["path"] == path);

    private static JsonNode Change(JsonNode alert) => alert["arguments"]!["fileChange"]!;

    private static string? Kind(JsonNode alert) => (string?)Change(alert)["kind"];

    private static string? Text(JsonNode change, string state, string member) => (string?)change[state]?[member];

    private static async Task ShellAsync(string script)
    {
        ShellResult result = await ShellProcess.RunAsync("sh", "-ec", script);
        Assert.True(result.ExitCode == 0, result.All);
    }

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private string At(string name) => _files[name];
}
