// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Tests.Loading;

[Collection(KernelCollection.Name)]
public sealed class SensorTests
{
    private static readonly SensorDefinition Sender = new("sender", "raw_tp", "raw_tp sched_process_fork");
    private static readonly SensorDefinition Refused = new("refused", "raw_tp", "raw_tp sched_process_fork");
    private static readonly SensorDefinition Missing = new("missing", "tp_btf", "tp_btf na_no_such_tracepoint");

    [Fact]
    public void Start_OneSensorRefused_RunsTheOthersAndSaysWhy()
    {
        Kernel.Require();
        using SensorSet sensors = Start(new BpfOptions(), Sender, Refused, Missing);
        Assert.Equal([SensorState.Active, SensorState.Failed, SensorState.Failed], sensors.Statuses.Select(status => status.State));
        Assert.Equal("raw_tp", sensors.Statuses[0].Variant);
        Assert.Equal(string.Empty, sensors.Statuses[0].Reason);
    }

    [Fact]
    public void Start_VerifierRefuses_ReasonIsOneLineWithItsSentence()
    {
        Kernel.Require();
        using SensorSet sensors = Start(new BpfOptions(), Sender, Refused);
        string reason = sensors.Statuses[1].Reason;
        Assert.Matches("^raw_tp: load na_refused: EACCES: .*invalid mem access 'map_value_or_null'$", reason);
    }

    [Fact]
    public void Start_HookThatDoesNotExist_ReasonNamesIt()
    {
        Kernel.Require();
        using SensorSet sensors = Start(new BpfOptions(), Sender, Missing);
        string reason = sensors.Statuses[1].Reason;
        Assert.Contains("na_no_such_tracepoint", reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', reason);
    }

    [Fact]
    public void Start_FirstVariantRefused_TakesTheNextAndSaysWhyNotTheFirst()
    {
        Kernel.Require();
        var definition = new SensorDefinition("refused",
        [
            new SensorVariant("both", "raw_tp", static _ => true),
            new SensorVariant("good one", "raw_tp", static program => program.Name == "na_accepted"),
            new SensorVariant("never tried", "raw_tp", static _ => throw new NotSupportedException()),
        ]);
        using SensorSet sensors = Start(new BpfOptions(), Sender, definition);
        Assert.Equal((SensorState.Active, "good one"), (sensors.Statuses[1].State, sensors.Statuses[1].Variant));
        Assert.StartsWith("both: load na_refused: EACCES", sensors.Statuses[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_DisabledSensor_IsNotLoaded()
    {
        Kernel.Require();
        var options = new BpfOptions();
        options.DisabledSensors.Add("refused");
        using SensorSet sensors = Start(options, Sender, Refused);
        Assert.Equal(SensorState.Disabled, sensors.Statuses[1].State);
    }

    [Fact]
    public void Start_NoProgramFitsTheVariant_IsAFailure()
    {
        Kernel.Require();
        using SensorSet sensors = Start(new BpfOptions(), Sender, new SensorDefinition("refused", [new SensorVariant("none", "raw_tp", static _ => false)]));
        Assert.Equal("none: object refused has no program for it", sensors.Statuses[1].Reason);
    }

    [Fact]
    public void Dispose_AfterSuccessAndFailure_LeavesNothing()
    {
        Kernel.Require();
        int before = Kernel.CountDescriptors();
        using (SensorSet sensors = Start(new BpfOptions(), Sender, Refused, Missing))
        {
            Assert.True(Kernel.CountDescriptors() > before);
        }

        Assert.Equal(before, Kernel.CountDescriptors());
    }

    private static SensorSet Start(BpfOptions options, params SensorDefinition[] definitions) =>
        SensorSet.Start(definitions, Kernel.OpenFixture, options, NullLogger.Instance);
}
