// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Tests.Handover;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;
using static NodeAgent.Bpf.Tests.Loading.SensorReading;

namespace NodeAgent.Bpf.Tests.Loading;

/// <summary>Sensors that are started while others run.</summary>
[Collection(KernelCollection.Name)]
public sealed class LateSensorTests : IDisposable
{
    private readonly BpfMount _mount;
    private readonly string _file = Path.GetTempFileName();

    public LateSensorTests()
    {
        Kernel.Require();
        _mount = new BpfMount();
    }

    public void Dispose()
    {
        _mount.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void StartSensor_ThatWasLeftOff_TellsAndIsMeasured()
    {
        using KernelEventSource source = Start(new BpfOptions(), "process");
        Assert.Equal(SensorState.Disabled, Status(source, "file_change").State);

        Assert.Equal(SensorState.Active, source.StartSensor("file_change")!.State);

        int chmod = Run("chmod", "600", _file);
        ReadUntil(source, seen => Count(seen, EventKind.FileChange, chmod) > 0);
        Assert.Equal(SensorState.Active, Status(source, "file_change").State);
        Assert.Contains(source.ReadPrograms(), program => program.Sensor == "file_change");
        Assert.All(source.ReadMaps(), map => Assert.True(map.LockedBytes >= 0));
        Assert.Equal(SensorCatalog.All.Select(sensor => sensor.Name), source.Sensors.Select(sensor => sensor.Name));
    }

    [Fact]
    public void StartSensor_WhatMayNotOrCannot_StaysAsItIs()
    {
        var options = new BpfOptions();
        options.DisabledSensors.Add("file");
        options.Variants["signal"] = "no such";
        KernelEventSource source;
        using (source = Start(options, "process"))
        {
            Assert.Equal(SensorState.Disabled, source.StartSensor("file")!.State);
            Assert.Null(source.StartSensor("nothing"));
            SensorStatus failed = source.StartSensor("signal")!;
            Assert.Equal(SensorState.Failed, failed.State);
            Assert.Equal(failed, source.StartSensor("signal"));
        }

        // Nothing starts in an agent that ends.
        Assert.Equal(SensorState.Disabled, source.StartSensor("unix")!.State);
    }

    [Fact]
    public async Task StartSensor_BesideAReader_TheReaderGoesOn()
    {
        using KernelEventSource source = Start(new BpfOptions(), "process");
        Task<SensorStatus?[]> starting = Task.Run(() => (SensorStatus?[])[.. new[] { "socket", "unix", "signal" }.Select(source.StartSensor)]);
        while (!starting.IsCompleted)
        {
            int pid = Run("true");
            ReadUntil(source, seen => Count(seen, EventKind.Exit, pid) > 0);
        }

        Assert.All(await starting, status => Assert.Equal(SensorState.Active, status!.State));
    }

    [Fact]
    public void StartSensor_Pinned_IsTakenOverByTheNextWhoWantsIt()
    {
        using (KernelEventSource first = Start(Pinned(), "process"))
        {
            Assert.Equal(SensorState.Active, first.StartSensor("file_change")!.State);
        }

        int between = Run("chmod", "600", _file);
        using KernelEventSource second = Start(Pinned(), "process", "file_change");

        Assert.Equal(2, second.Handover!.SensorsTakenOver);
        Assert.Empty(second.Handover.Problems);
        ReadUntil(second, seen => Count(seen, EventKind.FileChange, between) > 0);
    }

    [Fact]
    public void StartSensor_PinnedHeadWasTakenOut_AttachesOneAnew()
    {
        var all = Pinned();
        all.Variants["file_change"] = "tracepoint";
        Start(all, "process", "file_change").Dispose();
        Assert.Contains(_mount.Entries(), entry => entry.Contains("na_exit_head", StringComparison.Ordinal));
        var few = Pinned();
        few.Variants["file_change"] = "tracepoint";
        using KernelEventSource source = Start(few, "process");
        Assert.DoesNotContain(_mount.Entries(), entry => entry.Contains("na_exit_head", StringComparison.Ordinal));

        Assert.Equal(SensorState.Active, source.StartSensor("file_change")!.State);

        int chmod = Run("chmod", "600", _file);
        ReadUntil(source, seen => Count(seen, EventKind.FileChange, chmod) > 0);
        Assert.Contains(_mount.Entries(), entry => entry.Contains("na_exit_head", StringComparison.Ordinal));
    }

    private BpfOptions Pinned() => new() { PinPath = _mount.Path };

    private static KernelEventSource Start(BpfOptions options, params string[] sensors)
    {
        options.Sensors = sensors;
        return KernelEventSource.Start(options, NullLoggerFactory.Instance);
    }

    private static SensorStatus Status(KernelEventSource source, string name) => source.Sensors.Single(sensor => sensor.Name == name);
}
