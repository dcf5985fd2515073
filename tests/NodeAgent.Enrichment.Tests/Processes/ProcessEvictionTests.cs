// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Tests.Processes;

public sealed class ProcessEvictionTests
{
    [Fact]
    public void Add_WhenFull_ForgetsExitedThenPlaceholdersThenRunning()
    {
        EnrichmentStage stage = Small(32);
        ProcessTable table = stage.Processes;
        stage.Exec(1, 1, 1, 0, 0, "/bin/exited", ["e"]);
        stage.Exit(2, 1, 1);
        table.Resolve(Records.Header(EventKind.Open, 3, 2, 2));
        for (uint pid = 3; pid <= 33; pid++)
        {
            stage.Exec(pid + 10, pid, pid, 0, 0, "/bin/run", ["r"]);
        }

        Assert.Equal(31, table.Count); // a sixteenth, two, made room for the 33rd
        Assert.Null(table.Find(new ProcessKey(1, 1)));
        Assert.Null(table.Find(new ProcessKey(2, 2)));
        Assert.Equal((1L, 1L, 0L), (table.Evictions(ProcessEvictionRank.Exited), table.Evictions(ProcessEvictionRank.Placeholder), table.Evictions(ProcessEvictionRank.Running)));

        for (uint pid = 40; pid < 44; pid++)
        {
            stage.Exec(pid + 10, pid, pid, 0, 0, "/bin/run", ["r"]);
        }

        Assert.True(table.Evictions(ProcessEvictionRank.Running) > 0);
        Assert.InRange(table.Count, 1, 32);
    }

    [Fact]
    public void Add_ForkBombInOneContainer_SparesTheOthers()
    {
        var tree = new FakeCgroupTree();
        EnrichmentStage stage = Small(64, tree);
        stage.Cgroup(EventKind.CgroupMkdir, 1, 100, "/calm");
        stage.Cgroup(EventKind.CgroupMkdir, 1, 200, "/bomb");
        stage.Exec(2, 9, 2, 0, 0, "/bin/calm", ["c"], cgroup: 100);
        for (uint pid = 1000; pid < 3000; pid++)
        {
            stage.Exec(pid, pid, pid, 0, 0, "/bin/bomb", ["b"], cgroup: 200);
        }

        Assert.Equal("/bin/calm", stage.Processes.Find(new ProcessKey(9, 2))?.ExePath);
        Assert.InRange(stage.Processes.Count, 1, 64);
    }

    [Fact]
    public void Add_EndlessChainOfExitedParents_StaysBounded()
    {
        EnrichmentStage stage = Small(64);
        stage.Exec(1, 1, 1, 0, 0, "/bin/first", ["f"]);
        for (uint pid = 1; pid < 5000; pid++)
        {
            stage.Fork(pid, pid, pid, pid + 1, pid + 1);
            stage.Exit(pid, pid, pid);
        }

        Assert.InRange(stage.Processes.Count, 1, 64);
        Assert.True(stage.Processes.Evictions(ProcessEvictionRank.Ancestor) > 0);
        ProcessInfo last = stage.Processes.Find(new ProcessKey(5000, 5000))!;
        int depth = 0;
        foreach (ProcessInfo ancestor in ProcessTable.Ancestors(last))
        {
            depth++;
            Assert.NotNull(stage.Processes.Find(ancestor.Key));
        }

        Assert.InRange(depth, 1, 63);
    }

    [Fact]
    public void AnyEvents_WithinTinyBounds_KeepTheTableConsistent() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll<int[]>(steps =>
        {
            EnrichmentStage stage = Small(16);
            ulong now = 100;
            foreach (int step in steps.SelectMany(value => new[] { value, value * 31, value ^ 0x55, value * 7 }))
            {
                uint pid = (uint)step % 23 + 1;
                ulong start = (ulong)((uint)step / 23 % 3) * 10 + pid + 10;
                now += 5;
                Play(stage, step, pid, start, now);
                if (stage.Processes.Count > 16 || stage.Processes.SizeBytes < 0)
                {
                    return false;
                }
            }

            // Everything ends: nothing may be left, counted or linked.
            for (uint pid = 1; pid <= 40; pid++)
            {
                for (ulong start = 1; start <= 120; start++)
                {
                    if (stage.Processes.Find(new ProcessKey(pid, start)) is not null)
                    {
                        stage.Exit(now, pid, start);
                    }
                }
            }

            stage.OnTick(now + 61 * Stages.Second);
            return stage.Processes is { Count: 0, SizeBytes: 0 };
        }));

    private static void Play(EnrichmentStage stage, int step, uint pid, ulong start, ulong now)
    {
        switch ((uint)step % 6)
        {
            case 0:
                stage.Fork(now, pid, start, pid % 23 + 1, start + 7);
                break;
            case 1:
                stage.Exec(now, pid, start, pid % 7 + 1, start - 1, "/x", ["x"]);
                break;
            case 2:
                stage.Exit(now, pid, start);
                break;
            case 3:
                stage.Processes.Resolve(Records.Header(EventKind.Open, now, pid, start));
                break;
            case 4:
                stage.OnTick(now + 40 * Stages.Second);
                break;
            default:
                stage.Exec(now, pid, start, pid % 5 + 1, start, "/y", ["y"], snapshot: true);
                break;
        }
    }

    private static EnrichmentStage Small(int max, FakeCgroupTree? tree = null) =>
        Stages.New(tree, processes: new ProcessTableOptions { MaxProcesses = max });
}
