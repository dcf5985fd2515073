// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.TestSupport;

namespace NodeAgent.Enrichment.Tests.Processes;

public sealed class ProcessTableTests
{
    private const ulong S = Stages.Second;

    [Fact]
    public void Exec_AfterFork_ReplacesWhatTheForkInherited()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(10, 100, 5, 1, 1, "/bin/sh", ["sh", "-c", "x"], comm: "sh");
        stage.Fork(20, 100, 5, 101, 20);
        ProcessInfo child = Find(stage, 101, 20);
        Assert.Equal(("/bin/sh", "sh", 100u), (child.ExePath, child.Comm, child.ParentPid));
        Assert.Equal(["sh", "-c", "x"], child.Argv);

        stage.Exec(30, 101, 20, 100, 5, "/bin/ls", ["ls", "", "é"], comm: "ls");

        Assert.Same(child, Find(stage, 101, 20));
        Assert.Equal(("/bin/ls", "ls", "/", 7u), (child.ExePath, child.Comm, child.Cwd, child.EffectiveUid));
        Assert.Equal(["ls", "", "é"], child.Argv);
        Assert.Same(Find(stage, 100, 5), child.Parent);
        Assert.Equal("/bin/sh", child.Parent!.ExePath);
    }

    [Fact]
    public void Snapshot_ChildBeforeParent_LinksBothOnceTheParentCame()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(10, 200, 9, 50, 4, "/bin/child", ["child"], snapshot: true);
        stage.Exec(10, 50, 4, 1, 1, "/bin/parent", ["parent"], snapshot: true);

        List<string> ancestors = [];
        foreach (ProcessInfo ancestor in ProcessTable.Ancestors(Find(stage, 200, 9)))
        {
            ancestors.Add(ancestor.ExePath);
        }

        Assert.Equal(["/bin/parent", ""], ancestors); // pid 1 was named but not yet described
    }

    [Fact]
    public void Snapshot_OlderThanAnExecAlreadySeen_IsPassedOver()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(100, 7, 5, 1, 1, "/bin/new", ["new"]);
        stage.Exec(90, 7, 5, 1, 1, "/bin/old", ["old"], snapshot: true);

        Assert.Equal("/bin/new", Find(stage, 7, 5).ExePath);
    }

    [Fact]
    public void Snapshot_WithoutArgv_AsksProcfsOnceAndOnlyForUserProcesses()
    {
        var procfs = new FakeProcfs { Argv = "sleep\0 9\0"u8.ToArray() };
        EnrichmentStage stage = Stages.New(procfs: procfs);
        stage.Exec(10, 7, 5, 1, 1, "/bin/sleep", [], snapshot: true);
        stage.Exec(10, 8, 5, 1, 1, "", [], snapshot: true);
        procfs.Argv = null;
        stage.Exec(10, 9, 5, 1, 1, "/bin/gone", [], snapshot: true);

        Assert.Equal(["sleep", " 9"], Find(stage, 7, 5).Argv);
        Assert.Empty(Find(stage, 8, 5).Argv);
        Assert.Equal([new ProcessKey(7, 5), new ProcessKey(9, 5)], procfs.Asked);
        Assert.Equal(1, stage.Processes.ArgvMissing);
    }

    [Fact]
    public void Resolve_UnseenProcess_MakesOnePlaceholderWithTheHeadersComm()
    {
        ProcessTable table = Stages.New().Processes;
        HeaderRecord header = Records.Header(EventKind.Open, 10, 33, 5, comm: "exactly15bytes_", uid: 1000);

        ProcessInfo first = table.Resolve(header);

        Assert.Equal(("exactly15bytes_", 1000u, string.Empty), (first.Comm, first.Uid, first.ExePath));
        Assert.Same(first, table.Resolve(header));
        Assert.Equal((1, 1L), (table.Count, table.PlaceholdersCreated));
    }

    [Fact]
    public void Resolve_UnknownStartTime_GivesTheNewestHolder()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(10, 7, 5, 1, 1, "/bin/a", ["a"]);

        Assert.Equal("/bin/a", stage.Processes.Resolve(Records.Header(EventKind.Open, 11, 7, 0)).ExePath);
        Assert.Same(ProcessInfo.Unknown, stage.Processes.Resolve(Records.Header(EventKind.Open, 11, 0, 0)));
    }

    [Fact]
    public void Resolve_ReusedPid_IsAnotherProcessAndEndsTheOlder()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(10, 7, 5, 1, 1, "/bin/a", ["a"]);
        ProcessInfo old = Find(stage, 7, 5);

        ProcessInfo reused = stage.Processes.Resolve(Records.Header(EventKind.Open, 50, 7, 40, comm: "b"));

        Assert.Equal(("b", string.Empty), (reused.Comm, reused.ExePath));
        Assert.Equal(50ul, old.ExitTimeNs);
        Assert.Same(old, stage.Processes.Resolve(Records.Header(EventKind.Open, 51, 7, 5))); // late events still find it
        Assert.Same(reused, stage.Processes.Resolve(Records.Header(EventKind.Open, 52, 7, 40)));
        Assert.Equal((1L, 1L), (stage.Processes.PidReuses, stage.Processes.InferredExits));
    }

    [Fact]
    public void Resolve_KnownProcess_AllocatesNothing()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(10, 7, 5, 1, 1, "/bin/a", ["a"]);
        HeaderRecord header = Records.Header(EventKind.Open, 11, 7, 5);
        stage.Processes.Resolve(header);

        ProcessInfo last = ProcessInfo.Unknown;
        Assert.Equal(0, Allocations.Least(() => last = stage.Processes.Resolve(header)));
        Assert.Equal("/bin/a", last.ExePath);
    }

    [Fact]
    public void Exit_AfterTheGrace_IsForgottenButNotWhileAChildLives()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(1, 10, 1, 0, 0, "/bin/root", ["r"]);
        stage.Fork(2, 10, 1, 11, 2);
        stage.Fork(3, 11, 2, 12, 3);
        stage.Exit(S, 10, 1);
        stage.Exit(S, 11, 2);

        stage.OnTick(60 * S);
        Assert.Equal(3, stage.Processes.Count);
        stage.OnTick(61 * S);
        Assert.Equal(3, stage.Processes.Count);
        Assert.Equal("/bin/root", Find(stage, 12, 3).Parent!.Parent!.ExePath);

        stage.Exit(100 * S, 12, 3);
        stage.OnTick(160 * S);
        Assert.Equal(0, stage.Processes.Count);
        Assert.Equal(0, stage.Processes.SizeBytes);
    }

    [Fact]
    public void EndSnapshot_ProcessThatDidNotAppear_HasEnded()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(1, 10, 1, 0, 0, "/bin/stays", ["a"]);
        stage.Exec(1, 11, 1, 0, 0, "/bin/lost", ["b"]);
        stage.BeginTaskSnapshot(10);
        stage.Exec(11, 10, 1, 0, 0, "/bin/stays", ["a"], snapshot: true);
        stage.Exec(12, 12, 11, 0, 0, "/bin/new", ["c"]);
        stage.EndTaskSnapshot(13);

        Assert.Equal((0ul, 13ul, 0ul), (Find(stage, 10, 1).ExitTimeNs, Find(stage, 11, 1).ExitTimeNs, Find(stage, 12, 11).ExitTimeNs));
        Assert.Equal(1, stage.Processes.InferredExits);
    }

    [Fact]
    public void Exec_SameProgramAgain_SharesItsStrings()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(1, 10, 1, 0, 0, "/bin/true", ["true", "-x"]);
        stage.Exec(2, 11, 2, 0, 0, "/bin/true", ["true", "-x"]);

        Assert.Same(Find(stage, 10, 1).ExePath, Find(stage, 11, 2).ExePath);
        Assert.Same(Find(stage, 10, 1).Argv, Find(stage, 11, 2).Argv);
    }

    [Fact]
    public void Exec_ParentThatStartedLater_IsNotLinked()
    {
        EnrichmentStage stage = Stages.New();
        stage.Exec(10, 7, 5, 8, 6, "/bin/a", ["a"]);
        stage.Exec(11, 8, 6, 7, 5, "/bin/b", ["b"]);

        Assert.Null(Find(stage, 7, 5).Parent);
        Assert.Same(Find(stage, 7, 5), Find(stage, 8, 6).Parent);
    }

    private static ProcessInfo Find(EnrichmentStage stage, uint pid, ulong start)
    {
        ProcessInfo? info = stage.Processes.Find(new ProcessKey(pid, start));
        Assert.NotNull(info);
        return info;
    }

    private sealed class FakeProcfs : IProcfs
    {
        public byte[]? Argv { get; set; }

        public List<ProcessKey> Asked { get; } = [];

        public byte[]? ReadArgv(ProcessKey key)
        {
            Asked.Add(key);
            return Argv;
        }
    }
}
