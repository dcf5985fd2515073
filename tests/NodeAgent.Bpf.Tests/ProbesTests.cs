// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Tests.Loading;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests;

/// <summary>The real probes through the whole of this project; what each field holds is the kernel tests' business.</summary>
[Collection(KernelCollection.Name)]
public sealed class ProbesTests
{
    private RecordingHandler _handler = new();

    [Fact]
    public void Start_AllSensors_EachIsActiveOrSaysWhyNot()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        Assert.Equal(SensorCatalog.All.Select(sensor => sensor.Name), source.Sensors.Select(status => status.Name));
        Assert.All(source.Sensors, status => Assert.True(
            status.State == SensorState.Active ? status.Variant.Length > 0 : status.Reason.Length > 0, status.ToString()));
        Assert.Contains(source.Sensors, status => status is { Name: "process", State: SensorState.Active });
    }

    [Fact]
    public void ReadSnapshot_ThisMachine_ContainsThisProcessWithItsExecutable()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        int count = source.ReadSnapshot(ref _handler);
        Assert.Equal(count, _handler.Headers.Count);
        Assert.Equal(0, source.Counters.Malformed);
        Assert.All(_handler.Headers, header => Assert.Equal(EventKind.Task, header.Kind));
        Assert.Contains(_handler.Headers, header => header.Pid != (uint)Environment.ProcessId);
        Assert.Contains(_handler.Headers, header => header.Pid == (uint)Environment.ProcessId);
        Assert.Contains(Environment.ProcessPath!, _handler.Texts);
    }

    [Fact]
    public void Read_ProcessRuns_GivesForkExecOpenExitInOrder()
    {
        Kernel.Require();
        using KernelEventSource source = Start();
        using Process child = Process.Start("/bin/cat", "/etc/hostname");
        child.WaitForExit();
        uint pid = (uint)child.Id;
        long began = Stopwatch.GetTimestamp();
        while (!_handler.Headers.Exists(header => header.Kind == EventKind.Exit && header.Pid == pid))
        {
            if (source.Read(ref _handler, 1000) == 0)
            {
                source.Wait(TimeSpan.FromMilliseconds(10));
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10), "no exit of the child came");
        }

        EventKind[] kinds = [.. _handler.Headers.Where(header => header.Pid == pid).Select(header => header.Kind)];
        Assert.Equal(EventKind.Exec, kinds.First(kind => kind != EventKind.Open));
        Assert.Equal(EventKind.Exit, kinds[^1]);
        if (source.Sensors.First(status => status.Name == "file").State == SensorState.Active)
        {
            Assert.Contains("/etc/hostname", _handler.Texts);
        }

        Assert.Equal(0, source.Counters.Malformed);
        Assert.True(source.Counters[DecodeResult.Ok] >= 3);
    }

    [Fact]
    public void Dispose_AllSensors_LeavesNothing()
    {
        Kernel.Require();
        int before = Kernel.CountDescriptors();
        using (KernelEventSource source = Start())
        {
            source.ReadSnapshot(ref _handler);
        }

        Assert.Equal(before, Kernel.CountDescriptors());
    }

    private static KernelEventSource Start() => KernelEventSource.Start(new BpfOptions(), NullLoggerFactory.Instance);
}
