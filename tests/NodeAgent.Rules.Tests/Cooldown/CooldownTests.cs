// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Cooldown;

public sealed class CooldownTests
{
    private const ulong Second = 1_000_000_000;
    private const ulong Window = 600 * Second;

    [Fact]
    public void Repeats_WithinTheWindow_AreToldOnceWhenItEnds()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        RuntimeAlert first = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Null(first.Arguments.RepeatCount);
        for (int at = 0; at < 7; at++)
        {
            bench.NowNs += Second;
            bench.Open("/etc/shadow");
        }

        bench.Engine.OnTick(Bench.BootNs + Window - 1);
        Assert.Empty(bench.Taken());
        bench.Engine.OnTick(Bench.BootNs + Window);
        RuntimeAlert summary = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal(7, summary.Arguments.RepeatCount);
        Assert.Equal(first.UniqueId, summary.UniqueId);
        Assert.NotEqual(first.Arguments.AlertId, summary.Arguments.AlertId);
        Assert.True(string.CompareOrdinal(summary.Arguments.FirstTime, summary.Arguments.LastTime) < 0);
        Assert.Equal(summary.Arguments.LastTime, summary.Timestamp);
    }

    [Fact]
    public void NoRepeats_WindowEndsSilentlyAndTheNextAlertPasses()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        Assert.Single(bench.Taken());
        bench.Engine.OnTick(Bench.BootNs + Window);
        Assert.Empty(bench.Taken());
        bench.NowNs += Window;
        bench.Open("/etc/shadow");
        Assert.Null(Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.RepeatCount);
    }

    [Fact]
    public void ConstantStream_IsToldOncePerWindowForEver()
    {
        using var bench = new Bench();
        for (int second = 0; second < 6000; second++)
        {
            bench.Open("/etc/shadow");
            bench.NowNs += Second;
            bench.Engine.OnTick(bench.NowNs);
        }

        List<RuntimeAlerts> taken = bench.Taken();
        Assert.Equal(11, taken.Count);
        Assert.Equal(5999, taken.Sum(a => a.Spec.Alerts[0].Arguments.RepeatCount ?? 0));
    }

    [Fact]
    public void OtherContainerOtherPathOtherRule_HaveCooldownsOfTheirOwn()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow-");
        bench.Open("/etc/shadow", comm: "dd");
        bench.Exec("/dev/shm/x");
        var other = new ContainerInfo(78, "/other") { Identity = bench.Container.Identity };
        bench.Subject.Container = other;
        bench.Open("/etc/shadow");
        Assert.Equal(5, bench.Taken().Count);
    }

    [Fact]
    public void Capacity_Exceeded_TellsWhatTheOldestCountedAndStaysBounded()
    {
        using var bench = new Bench(o => o.CooldownCapacity = 16);
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow");
        for (int at = 0; at < 16; at++)
        {
            bench.Open("/etc/shadow" + at);
        }

        List<RuntimeAlerts> taken = bench.Taken();
        Assert.Equal(18, taken.Count);
        Assert.Equal(1, taken.Single(a => a.Spec.Alerts[0].Arguments.RepeatCount is not null).Spec.Alerts[0].Arguments.RepeatCount);
    }

    [Fact]
    public void Zero_LetsEveryAlertPass()
    {
        using var bench = new Bench(o => o.Cooldown = TimeSpan.Zero);
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow");
        Assert.Equal(2, bench.Taken().Count);
    }

    [Fact]
    public void ToldAgainByTheKernel_CountsWhatItStandsFor()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        bench.NowNs += Second;
        bench.Open("/etc/shadow", repeats: 1000);
        bench.NowNs += Second;
        bench.Open("/etc/shadow", repeats: 5);
        bench.Engine.OnTick(Bench.BootNs + Window);
        Assert.Equal([null, 1005L], bench.Taken().Select(a => a.Spec.Alerts[0].Arguments.RepeatCount));
    }

    [Fact]
    public void ToldAgainByTheKernel_AfterTheWindow_IsAnAlertAndTheRestOfItsCount()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow", repeats: 40);
        Assert.Null(Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.RepeatCount);
        bench.Engine.OnTick(Bench.BootNs + Window);
        Assert.Equal(39, Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.RepeatCount);
    }

    [Fact]
    public void ToldAgainByTheKernel_WithoutACooldown_TellsTheRestAtOnce()
    {
        using var bench = new Bench(o => o.Cooldown = TimeSpan.Zero);
        bench.Open("/etc/shadow", repeats: 40);
        Assert.Equal([null, 39L], bench.Taken().Select(a => a.Spec.Alerts[0].Arguments.RepeatCount));
    }

    [Fact]
    public void Stop_TellsWhatWasCountedAndCompletes()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow");
        bench.Engine.Stop();
        Assert.Equal([null, 1L], bench.Taken().Select(a => a.Spec.Alerts[0].Arguments.RepeatCount));
        Assert.True(bench.Engine.Alerts.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void RepeatsStop_OneSummaryAndThenSilence()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow");
        bench.Engine.OnTick(Bench.BootNs + Window);
        Assert.Equal([null, 1L], bench.Taken().Select(a => a.Spec.Alerts[0].Arguments.RepeatCount));
        bench.Engine.OnTick(Bench.BootNs + (2 * Window));
        bench.Engine.OnTick(Bench.BootNs + (3 * Window));
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void ContainerEnds_ItsRepeatsAreToldAtTheNextTick()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        bench.NowNs += Second;
        bench.Open("/etc/shadow");
        bench.Taken();
        var removed = new CgroupRecord { Header = bench.Header(EventKind.CgroupRmdir, "runc"u8) };
        var view = new CgroupEvent(in removed, []);
        bench.Engine.OnCgroup(in view, bench.Subject);
        bench.Engine.OnTick(bench.NowNs + Second);
        RuntimeAlert summary = Assert.Single(bench.Taken()).Spec.Alerts[0];
        Assert.Equal(1, summary.Arguments.RepeatCount);
        Assert.Equal(summary.Arguments.FirstTime, summary.Arguments.LastTime);
    }

    [Fact]
    public void Summary_ThatFindsTheQueueFull_IsToldWhenThereIsRoom()
    {
        using var bench = new Bench(o => o.AlertQueueCapacity = 1);
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow");
        bench.Engine.OnTick(Bench.BootNs + Window);
        Assert.Null(Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.RepeatCount);
        bench.Engine.OnTick(Bench.BootNs + Window + 1);
        Assert.Equal(2, Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.RepeatCount);
    }

    /// <summary>Whatever the order of events and ticks, each occurrence is told exactly once: by itself or in a count.</summary>
    [Fact]
    public void AnyStream_EveryOccurrenceIsToldExactlyOnce() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll<byte[]>(steps =>
        {
            using var bench = new Bench(o =>
            {
                o.CooldownCapacity = 16;
                o.Cooldown = TimeSpan.FromSeconds(30);
                o.AlertQueueCapacity = 10_000;
            });
            int occurrences = 0;
            foreach (byte step in steps ?? [])
            {
                bench.NowNs += (ulong)(step % 8) * Second;
                if (step % 5 == 0)
                {
                    bench.Engine.OnTick(bench.NowNs);
                }
                else
                {
                    // Each third event is one that the kernel tells again, and stands for more than itself.
                    ulong told = step % 3 == 0 ? 1 + (ulong)step : 0;
                    occurrences += (int)Math.Max(told, 1);
                    bench.Open("/etc/shadow" + (step % 37), repeats: told);
                }
            }

            bench.Engine.Stop();
            return bench.Taken().Sum(a => a.Spec.Alerts[0].Arguments.RepeatCount ?? 1) == occurrences;
        }));
}
