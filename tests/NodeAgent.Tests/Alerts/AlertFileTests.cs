// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Alerts;
using NodeAgent.Api.Alerts;
using NodeAgent.Tests.Agent;

namespace NodeAgent.Tests.Alerts;

public sealed class AlertFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadAll_RotatedFilesAndTornLines_OldestFirstAndTornOnesCounted()
    {
        File.WriteAllText(_folder["alerts.jsonl.2"], Line("a") + Line("b"));
        File.WriteAllText(_folder["alerts.jsonl.1"], Line("c") + "{\"kind\":\"Runt\n" + Line("d"));
        File.WriteAllText(_folder["alerts.jsonl"], Line("e") + Line("f")[..20]);
        var file = new AlertFile(_folder["alerts.jsonl"]);

        Assert.Equal(["a", "b", "c", "d", "e"], file.ReadAll().Select(Message));
        Assert.Equal(1, file.Unreadable);
    }

    [Fact]
    public void ReadAll_NoFile_IsEmpty() => Assert.Empty(new AlertFile(_folder["none"]).ReadAll());

    [Fact]
    public async Task Follow_WrittenTornAndRotated_GivesEachOnce()
    {
        string path = _folder["alerts.jsonl"];
        File.WriteAllText(path, Line("before"));
        var file = new AlertFile(path);
        Assert.Equal(["before"], file.ReadAll().Select(Message));
        File.AppendAllText(path, Line("between"));
        var seen = new List<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task following = Task.Run(
            async () =>
            {
                await foreach (RuntimeAlerts alert in file.FollowAsync(stop.Token))
                {
                    lock (seen)
                    {
                        seen.Add(Message(alert));
                    }
                }
            },
            TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Seen(seen) == "between", "what came before it began");
        string torn = Line("torn");
        File.AppendAllText(path, torn[..30]);
        File.AppendAllText(path, torn[30..]);
        await Eventually.TrueAsync(() => Seen(seen) == "between,torn", $"the line in two parts: {Seen(seen)}");
        File.AppendAllText(path, Line("last"));
        File.Move(path, path + ".1");
        File.WriteAllText(path, Line("new"));
        await Eventually.TrueAsync(() => Seen(seen) == "between,torn,last,new", $"the rotation: {Seen(seen)}");
        await stop.CancelAsync();
        await following;
    }

    [Theory]
    [InlineData("R0001", null, null, 0, true)]
    [InlineData("R0002", null, null, 0, false)]
    [InlineData(null, "shop", null, 0, true)]
    [InlineData(null, "other", null, 0, false)]
    [InlineData(null, null, "server", 0, true)]
    [InlineData(null, null, "0011", 0, true)]
    [InlineData(null, null, "web", 0, true)]
    [InlineData(null, null, "11", 0, false)]
    [InlineData(null, null, null, 5, true)]
    [InlineData(null, null, null, 6, false)]
    public void Selection_EachPart_HasToHold(string? rule, string? space, string? container, int severity, bool holds) =>
        Assert.Equal(holds, new AlertSelection(rule, space, container, severity, null).Holds(One("m")));

    [Fact]
    public void Selection_Since_LeavesOutWhatWasBefore()
    {
        Assert.True(new AlertSelection(null, null, null, 0, new DateTimeOffset(2026, 8, 22, 9, 0, 0, TimeSpan.Zero)).Holds(One("m")));
        Assert.False(new AlertSelection(null, null, null, 0, new DateTimeOffset(2026, 8, 22, 11, 0, 0, TimeSpan.Zero)).Holds(One("m")));
    }

    [Fact]
    public void Explanation_FullAlert_HasTreeRuleAndProfile()
    {
        var text = new StringWriter();
        AlertExplanation.Write(text, One("went \u001b[2J wrong"));
        string explained = text.ToString();
        Assert.Contains("R0001 Unexpected process launched, severity 5", explained, StringComparison.Ordinal);
        Assert.Contains("  100 sh -c x [/bin/sh, uid 0, since 2026-08-22T09:00:00Z]", explained, StringComparison.Ordinal);
        Assert.Contains("What that process did before:\n  2026-08-22T10:00:00Z open /etc/\\x1B", explained.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("    4711 nc -l [/bin/nc, uid 33, since ?, came in from outside, executable is not of the image]", explained, StringComparison.Ordinal);
        Assert.Contains("Profile: replicaset-web, completed, complete (the rule needs one)", explained, StringComparison.Ordinal);
        Assert.Contains("The text of the rule.", explained, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', explained);
    }

    private static string Seen(List<string> seen)
    {
        lock (seen)
        {
            return string.Join(',', seen);
        }
    }

    private static string Message(RuntimeAlerts alert) => alert.Spec.Alerts[0].Message;

    private static string Line(string message) => Encoding.UTF8.GetString(AlertJson.ToLine(One(message)));

    private static RuntimeAlerts One(string message) => new()
    {
        Metadata = new AlertMetadata("web", "shop"),
        Spec = new RuntimeAlertsSpec
        {
            Alerts =
            [
                new RuntimeAlert
                {
                    AlertName = "Unexpected process launched",
                    Arguments = new AlertArguments { Message = message, AlertId = "id" },
                    Severity = 5,
                    Timestamp = "2026-08-22T10:00:00Z",
                    UniqueId = "u",
                    RuleId = "R0001",
                    RuleDescription = "The text of the rule.",
                    RecentEvents = [new AlertEvent("2026-08-22T10:00:00Z", "open", "/etc/\u001b")],
                    Message = message,
                    Namespace = "shop",
                    ContainerName = "server",
                    ContainerId = "00112233",
                    PodName = "web",
                    ProfileMetadata = new AlertProfileMetadata { Status = "completed", Completion = "complete", Name = "replicaset-web", FailOnProfile = true },
                },
            ],
            ProcessTree = new AlertProcessTree
            {
                Root = new AlertProcess
                {
                    Pid = 100,
                    Comm = "sh",
                    Cmdline = "sh -c x",
                    Path = "/bin/sh",
                    StartTime = "2026-08-22T09:00:00Z",
                    ChildrenMap = new Dictionary<string, AlertProcess> { ["nc"] = new AlertProcess { Pid = 4711, Comm = "nc", Cmdline = "nc -l", Path = "/bin/nc", Uid = 33, Session = true, UpperLayer = true } },
                },
            },
        },
    };
}
