// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Library;

public sealed class ExecRuleTests
{
    [Fact]
    public void R0001_PathNotInCompletedProfile_Fires()
    {
        using var bench = new Bench();
        bench.Learned().Executes("/usr/sbin/nginx");
        bench.Exec("/bin/ls", ["ls", "-l"], comm: "ls");
        RuntimeAlert alert = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal("R0001", alert.RuleId);
        Assert.Equal("Unexpected process launched", alert.AlertName);
        Assert.Equal("/bin/ls", alert.Arguments.Exec);
        Assert.Equal(["ls", "-l"], alert.Arguments.Args);
        Assert.Equal("c0ffee", alert.Arguments.ApChecksum);
        Assert.True(alert.ProfileMetadata!.FailOnProfile);
        Assert.Equal("completed", alert.ProfileMetadata.Status);
        Assert.Equal("ls -l", alert.Identifiers!.Process!.CommandLine);
        Assert.Equal("/bin", alert.Identifiers.File!.Directory);
        // uniqueId is the MD5 of comm_exepath.
#pragma warning disable CA5351 // the alert format says MD5
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("ls_/bin/ls"u8)), alert.UniqueId);
#pragma warning restore CA5351
    }

    [Fact]
    public void R0001_PathInProfile_IsSilent()
    {
        using var bench = new Bench();
        bench.Learned().Executes("/bin/ls");
        bench.Exec("/bin/ls");
        Assert.Empty(bench.Taken());
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("initializing")]
    [InlineData("failed")]
    [InlineData("")]
    public void R0001_ProfileNotCompleted_IsSilent(string status)
    {
        using var bench = new Bench();
        bench.Learned().CurrentStatus = status;
        bench.Exec("/bin/ls");
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void R0001_NoProfile_IsSilent()
    {
        using var bench = new Bench();
        bench.Exec("/bin/ls");
        Assert.Empty(bench.Taken());
    }

    [Theory]
    [InlineData("/dev/shm/x", "/", "x")]
    [InlineData("/bin/sh", "/dev/shm", "sh")]
    [InlineData("/bin/sh", "/dev/shm/deep/er", "sh")]
    [InlineData("/bin/sh", "/", "/dev/shm/script")]
    public void R1000_FromShm_FiresWhileLearning(string exe, string cwd, string argv0)
    {
        using var bench = new Bench();
        bench.Learned().CurrentStatus = "ready";
        bench.Exec(exe, [argv0], cwd);
        Assert.Equal(["R1000"], bench.TakenRules());
    }

    [Theory]
    [InlineData("/dev/shmoo/x", "/", "x")]
    [InlineData("/home/dev/shm/x", "/dev/shmem", "x")]
    [InlineData("/bin/cat", "/", "cat")]
    public void R1000_SimilarNames_IsSilent(string exe, string cwd, string argv0)
    {
        using var bench = new Bench();
        bench.Exec(exe, [argv0, "/dev/shm/x"], cwd);
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void R1001_UpperLayer_FiresUnlessCompletedProfileHoldsIt()
    {
        using var bench = new Bench();
        bench.Exec("/tmp/dropped", flags: ExecFlags.UpperLayer);
        Assert.Equal(["R1001"], bench.TakenRules());
        bench.Learned().Executes("/opt/app/generated");
        bench.Exec("/opt/app/generated", flags: ExecFlags.UpperLayer);
        Assert.Empty(bench.Taken());
        bench.Exec("/tmp/other", flags: ExecFlags.UpperLayer);
        Assert.Equal(["R0001", "R1001"], bench.TakenRules());
    }

    [Fact]
    public void R1001_ParentInUpperLayer_FiresOnlyForAParentOfTheSameUnit()
    {
        using var bench = new Bench();
        bench.Runtime.ExecFlags = ExecFlags.UpperLayer;
        bench.Subject.Process = bench.Init;
        bench.Exec("/usr/sbin/nginx");
        Assert.Empty(bench.Taken());

        bench.Init.ExecFlags = ExecFlags.UpperLayer;
        bench.Subject.Process = bench.Shell;
        bench.Exec("/bin/ls");
        Assert.Equal(["R1001"], bench.TakenRules());
    }

    [Theory]
    [InlineData("memfd:payload", ExecFlags.Memfd)]
    [InlineData("memfd:payload", ExecFlags.None)]
    [InlineData("/memfd:x (deleted)", ExecFlags.None)]
    [InlineData("/proc/self/fd/3", ExecFlags.None)]
    [InlineData("/proc/4711/fd/9", ExecFlags.None)]
    [InlineData("/tmp/gone", ExecFlags.Deleted)]
    [InlineData("memfd:runc_cloned:/proc/self/exe", ExecFlags.Memfd)]
    public void R1005_Fileless_Fires(string exe, ExecFlags flags)
    {
        using var bench = new Bench();
        bench.Exec(exe, flags: flags);
        Assert.Equal(["R1005"], bench.TakenRules());
    }

    [Theory]
    [InlineData("/usr/bin/memfd-tool", ExecFlags.None, EventKind.Exec)]
    [InlineData("/proc/self/exe", ExecFlags.None, EventKind.Exec)]
    [InlineData("/proc/x1/fd/9", ExecFlags.None, EventKind.Exec)]
    [InlineData("/usr/bin/updated", ExecFlags.Deleted, EventKind.Task)]
    public void R1005_OrdinaryFiles_IsSilent(string exe, ExecFlags flags, EventKind kind)
    {
        using var bench = new Bench();
        bench.Exec(exe, flags: flags, kind: kind);
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void R1005_RuntimeStartsContainer_IsSilentOnlyFromOutside()
    {
        using var bench = new Bench();
        bench.Subject.Process = bench.Init;
        bench.Exec("memfd:runc_cloned:/proc/self/exe", ["runc", "init"], flags: ExecFlags.Memfd);
        Assert.Empty(bench.Taken());

        // The same name from a process whose parent lives in the container is an imitation.
        bench.Runtime.Container = bench.Container;
        bench.Exec("memfd:runc_cloned:/proc/self/exe", ["runc", "init"], flags: ExecFlags.Memfd);
        Assert.Equal(["R1005"], bench.TakenRules());
    }

    [Theory]
    [InlineData(UnitKind.Container, true, true)]
    [InlineData(UnitKind.Unknown, true, true)]
    [InlineData(UnitKind.Cgroup, true, true)]
    [InlineData(UnitKind.SystemdUnit, true, true)]
    [InlineData(UnitKind.Host, false, true)]
    public void Scopes_ByUnitKind_BaselineRulesLeaveTheHostOut(UnitKind kind, bool baseline, bool signature)
    {
        using var bench = new Bench();
        bench.Container.Identity = bench.Container.Identity with { Kind = kind };
        bench.Learned();
        bench.Exec("/dev/shm/x");
        string[] rules = bench.TakenRules();
        Assert.Equal(baseline, rules.Contains("R0001"));
        Assert.Equal(signature, rules.Contains("R1000"));
    }

    [Fact]
    public void Scopes_BaselineRulesOnHost_JudgeTheHost()
    {
        using var bench = new Bench(o => o.BaselineRulesOnHost = true);
        bench.Container.Identity = bench.Container.Identity with { Kind = UnitKind.Host };
        bench.Learned();
        bench.Exec("/bin/new");
        Assert.Equal(["R0001"], bench.TakenRules());
    }

    [Fact]
    public void Exec_NoResolvedPath_JudgedByFirstArgumentThenComm()
    {
        using var bench = new Bench();
        bench.Learned().Executes("/bin/known").Executes("kthing");
        bench.Exec(string.Empty, ["/bin/known"]);
        bench.Exec(string.Empty, ["relative"], comm: "kthing");
        Assert.Empty(bench.Taken());
        bench.Exec(string.Empty, ["/bin/unknown"]);
        Assert.Equal("/bin/unknown", Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.Exec);
    }
}
