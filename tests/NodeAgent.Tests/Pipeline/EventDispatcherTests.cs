// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

public sealed class EventDispatcherTests : IDisposable
{
    private readonly List<string> _calls = [];
    private readonly RecordingStage _first;
    private readonly PipelineRig _rig;

    public EventDispatcherTests()
    {
        _first = new RecordingStage("1", _calls);
        _rig = new PipelineRig(_first, new RecordingStage("2", _calls));
        _calls.Clear();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Exec_StagesInOrder_SeeTheProcessAfterItsExec()
    {
        _rig.WithUnit("web");
        _rig.Feed(RecordBuilder.Exec("/bin/sh", ["sh"], pid: 200, timeNs: 2));
        _rig.Feed(RecordBuilder.Exec("/bin/ls", ["ls"], pid: 200, timeNs: 3));

        Assert.Equal(
            ["1 cgroup web", "2 cgroup web", "1 exec web /bin/sh", "2 exec web /bin/sh", "1 exec web /bin/ls", "2 exec web /bin/ls"],
            _calls.Select(c => c.TrimEnd()));
    }

    [Fact]
    public void Fork_Stages_FindTheChildInTheTable()
    {
        _rig.WithUnit("web");
        _rig.Feed(RecordBuilder.Exec("/bin/sh", ["sh"], pid: 200, timeNs: 2));
        _first.More = _ => _rig.Enrichment.Processes.Find(new ProcessKey(201, 1201))?.Container.Identity.ContainerName ?? "none";
        _calls.Clear();

        _rig.Feed(RecordBuilder.Fork(200, 201, timeNs: 3));

        Assert.Equal(["1 fork web /bin/sh web", "2 fork web /bin/sh"], _calls);
    }

    [Fact]
    public void Exit_Stages_StillKnowTheProcess()
    {
        _rig.WithUnit("web");
        _rig.Feed(RecordBuilder.Exec("/bin/sh", ["sh"], pid: 200, timeNs: 2));
        _first.More = subject => $"ended at {subject.Process.ExitTimeNs}";
        _calls.Clear();

        _rig.Feed(RecordBuilder.Exit(200, timeNs: 9));

        Assert.Equal(["1 exit web /bin/sh ended at 9", "2 exit web /bin/sh"], _calls);
    }

    [Fact]
    public void Dns_Stages_FindTheAnswersNameKnown()
    {
        _rig.WithUnit("web");
        _first.More = subject => _rig.Enrichment.Names.TryGetName(subject.Container, Addresses.Of("93.184.216.34"), out string name) ? name : "unknown";
        _calls.Clear();

        _rig.Feed(RecordBuilder.Dns(DnsMessages.Answer("example.com", [93, 184, 216, 34]), [10, 0, 0, 2], FlowDirection.Inbound));

        Assert.Matches("^1 dns web +example\\.com\\.?$", _calls[0]);
        Assert.Equal(2, _calls.Count);
    }

    [Fact]
    public void Records_OfEachKind_ReachEachStageOnce()
    {
        foreach (byte[] record in RecordBuilder.OneOfEach().Values)
        {
            _rig.Feed(record);
        }

        string[] of1 = [.. _calls.Where(c => c[0] == '1').Select(c => c.Split(' ')[1])];
        string[] of2 = [.. _calls.Where(c => c[0] == '2').Select(c => c.Split(' ')[1])];
        Assert.Equal(of1, of2);
        Assert.Equal(RecordBuilder.OneOfEach().Count, of1.Length);
        Assert.Equal(typeof(IEventConsumer).GetMethods().Length - 1, of1.Distinct().Count()); // all but the tick
    }

    [Fact]
    public void LossAndTick_Reach_EnrichmentAndStages()
    {
        _rig.Lose(new LossEvent(LossCause.Ring, EventKind.None, 0, null, 5, 1, 2));
        _rig.Tick(77);

        Assert.True(_rig.Enrichment.NeedsCgroupWalk);
        Assert.True(_rig.Enrichment.NeedsTaskSnapshot);
        Assert.Equal(["1 loss 5", "2 loss 5", "1 tick 77", "2 tick 77"], _calls);
    }
}
