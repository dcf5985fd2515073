// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Tests.Scanning;

public sealed class HostScannerTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Scan_SensorThatFails_SaysSoAndTheOthersRun()
    {
        HostScanResult scan = Scan(new Sensor("Bad", _ => throw new FormatException("no such form")), new Sensor("Good", _ => JsonSerializer.SerializeToElement(true)));

        Assert.Equal("failed: FormatException: no such form", scan.Of("Bad")!.Error);
        Assert.Null(scan.Of("Bad")!.Spec);
        Assert.Null(scan.Of("Good")!.Error);
        Assert.True(scan.Of("Good")!.Spec!.Value.GetBoolean());
    }

    [Fact]
    public void Scan_SensorThatTakesTooLong_IsStopped()
    {
        HostScanResult scan = Scan(new Sensor("Slow", run =>
        {
            run.Stop.WaitHandle.WaitOne();
            run.Stop.ThrowIfCancellationRequested();
            return null;
        }));

        Assert.Equal("took longer than 0.1 s", scan.Of("Slow")!.Error);
    }

    [Fact]
    public void Scan_ManyProblems_AreCounted()
    {
        HostScanResult scan = Scan(new Sensor("Bad", run =>
        {
            for (int number = 0; number < 25; number++)
            {
                run.Problem($"fault {number}");
                run.Problem($"fault {number}");
            }

            return null;
        }));

        Assert.Contains("fault 19; and 10 more", scan.Of("Bad")!.Error, StringComparison.Ordinal);
    }

    // A walk over all files is too dear for every five minutes.
    [Fact]
    public void Scan_CostlySensor_IsAskedAgainWhenItsTimeIsOver()
    {
        int asked = 0;
        using HostRoot root = _tree.Open();
        var time = new SteppedTime();
        var scanner = new HostScanner(
            [new Sensor("Dear", _ => JsonSerializer.SerializeToElement(++asked)) { Costs = true }, new Sensor("Cheap", _ => JsonSerializer.SerializeToElement(asked))],
            time, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));
        List<int> told = [];
        for (int scan = 0; scan < 8; scan++)
        {
            HostScanResult result = scanner.Scan(root, "node", TestContext.Current.CancellationToken);
            told.Add(result.Of("Dear")!.Spec!.Value.GetInt32());
            Assert.Equal((scan is not (0 or 6), false), (result.Of("Dear")!.IsRemembered, result.Of("Cheap")!.IsRemembered));
            Assert.Equal(asked, result.Of("Cheap")!.Spec!.Value.GetInt32());
            time.Step(TimeSpan.FromMinutes(5));
        }

        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2], told);
    }

    [Fact]
    public void Scan_ThisMachine_TellsItsKernel()
    {
        using HostRoot root = HostRoot.Open("/");

        HostScanResult scan = new HostScanner(HostSensors.All, TimeProvider.System, TimeSpan.FromSeconds(30)).Scan(root, "node", TestContext.Current.CancellationToken);

        Assert.Equal(System.IO.File.ReadAllText("/proc/version").Trim(), scan.Of("KernelVersion")!.Spec!.Value.GetProperty("content").GetString());
        Assert.Equal("node", scan.Node);
    }

    private HostScanResult Scan(params HostSensor[] sensors)
    {
        using HostRoot root = _tree.Open();
        return new HostScanner(sensors, TimeProvider.System, TimeSpan.FromMilliseconds(100)).Scan(root, "node", TestContext.Current.CancellationToken);
    }

    private sealed class Sensor(string kind, Func<SensorRun, JsonElement?> read) : HostSensor
    {
        public override string Kind => kind;

        public override string Variable => "test";

        public bool Costs { get; init; }

        public override bool IsCostly => Costs;

        internal override JsonElement? ReadSpec(SensorRun run) => read(run);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan by) => _ticks += by.Ticks;
    }
}
