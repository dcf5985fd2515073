// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace NodeAgent.Tests.Agent;

/// <summary>Real attacks on a real kernel, in containers of the real runc: every rule of ours that can be shown tells of its own.</summary>
[Trait("Level", "Integration")]
public sealed class AttackTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public AttackTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        Assert.SkipWhen(AttackStage.Missing is not null, AttackStage.Missing ?? string.Empty);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Attacks_OnALearnedContainer_EachIsToldAndTheOneBesideItIsQuiet()
    {
        await using AttackStage stage = await AttackStage.CreateAsync();
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--learning-period", "6s", "--initial-delay", "0s", "--update-interval", "1s");
        string victim = await stage.RunAsync([], "/bin/sleep", "1000");
        string limited = await stage.RunAsync(["CAP_CHOWN", "CAP_SETUID", "CAP_SETGID"], "/bin/sleep", "1000");
        string ordinary = await stage.RunAsync([], "/bin/sh", "-c", Attacks.Ordinary);
        using Socket runtime = Listen(stage.Shared + "/docker.sock");
        using Process daemon = StartDaemon(stage.Shared);
        foreach (string id in (string[])[victim, limited, ordinary])
        {
            await agent.ProfileAsync(id[..12], profile => profile.Status == "completed", "a completed profile");
        }

        Assert.DoesNotContain(agent.Alerts, IsOurs);
        await WriteAsync(stage.Shared);
        await AttackStage.ExecAsync(limited, "/usr/bin/unshare", "-Ur", "/bin/mount", "-t", "tmpfs", "x", "/tmp");
        await AttackStage.ExecAsync(victim, "/bin/sh", "/shared/all");

        string[] expected = [.. Attacks.All.SelectMany(attack => attack.Rules.Split(' ')).Order(StringComparer.Ordinal)];
        await Eventually.GetAsync(() => Task.FromResult(Missing(agent, victim, expected).Length == 0 ? "all" : null), () => $"alerts of {string.Join(' ', Missing(agent, victim, expected))}\n{agent.Log}");
        await Eventually.TrueAsync(() => agent.Alerts.Any(alert => alert.Rule == "NA-1303" && alert.Line.Contains(limited, StringComparison.Ordinal)), "the alert of a capability that was gained");

        // Long enough to have been judged: what is told of it came in between.
        Alert[] wrong = [.. agent.Alerts.Where(alert => IsOurs(alert) && alert.Line.Contains(ordinary, StringComparison.Ordinal))];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong.Select(alert => alert.Line)));
        Assert.Equal(0, await agent.MetricAsync("node_agent_rule_error_total"));
        daemon.Kill();
    }

    private static bool IsOurs(Alert alert) => alert.Rule.StartsWith("NA-", StringComparison.Ordinal);

    private static string[] Missing(AgentProcess agent, string container, string[] rules) =>
        [.. rules.Except(agent.Alerts.Where(alert => alert.Line.Contains(container, StringComparison.Ordinal)).Select(alert => alert.Rule))];

    // One file each: what goes wrong in one ends none of the others.
    private static async Task WriteAsync(string folder)
    {
        await File.WriteAllTextAsync(folder + "/000", Attacks.Stage, TestContext.Current.CancellationToken);
        for (int i = 0; i < Attacks.All.Count; i++)
        {
            await File.WriteAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"{folder}/{i + 1:d3}"), Attacks.All[i].Command + '\n', TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(folder + "/all", "for one in /shared/[0-9]*; do timeout 15 /bin/ash $one; done\n", TestContext.Current.CancellationToken);
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(4);
        return socket;
    }

    // A process of the host that has the name of one that watches.
    private static Process StartDaemon(string folder)
    {
        string program = Path.Combine(folder, "auditd");
        File.Copy("/usr/bin/sleep", program);
        Process daemon = ShellProcess.Start(program, ["1000"]);
        File.WriteAllText(Path.Combine(folder, "auditd.pid"), daemon.Id.ToString(CultureInfo.InvariantCulture));
        return daemon;
    }
}
