// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Verification;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Tests.Loading;

[Collection(KernelCollection.Name)]
public sealed class SensorVariantTests
{
    private static readonly SensorDefinition Sender = new("sender", "raw", "raw_tp");

    // The object "refused" has two ways: one that the verifier refuses, one that runs.
    private static readonly SensorDefinition TwoWays = new("refused",
    [
        new SensorVariant("bad", "raw_tp sched_process_fork", static program => program.Name == "na_refused"),
        new SensorVariant("good", "raw_tp sched_process_exit", static program => program.Name == "na_accepted"),
    ]);

    [Fact]
    public void Start_VariantOfOneProgram_LoadsNoOtherProgram()
    {
        Kernel.Require();
        SensorStatus status = Start(new BpfOptions(), TwoWays);
        // na_refused fails every load that it is part of.
        Assert.Equal((SensorState.Active, "good", "raw_tp sched_process_exit"), (status.State, status.Variant, status.Hooks));
        Assert.StartsWith("bad: load na_refused: EACCES", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_ForcedVariantWorks_IsTakenAndNoOtherIsTried()
    {
        Kernel.Require();
        SensorStatus status = Start(Forcing("refused", "good"), TwoWays);
        Assert.Equal((SensorState.Active, "good", "forced by Bpf:Variants"), (status.State, status.Variant, status.Reason));
    }

    [Fact]
    public void Start_ForcedVariantFails_SensorFailsThoughAnotherWouldWork()
    {
        Kernel.Require();
        SensorStatus status = Start(Forcing("refused", "bad"), TwoWays);
        Assert.Equal((SensorState.Failed, string.Empty), (status.State, status.Variant));
        Assert.StartsWith("bad (forced by Bpf:Variants): load na_refused: EACCES", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_ForcedVariantOfAnotherSensor_ChangesNothing()
    {
        Kernel.Require();
        Assert.Equal("good", Start(Forcing("other", "bad"), TwoWays).Variant);
    }

    [Fact]
    public void Start_OptionalProgramsDoNotRun_RunsTheRestAndNamesEachWithItsReason()
    {
        Kernel.Require();
        SensorStatus status = Start(new BpfOptions(), Optional(static program => program.Name != "na_runs"));
        Assert.Equal((SensorState.Active, "mixed", string.Empty), (status.State, status.Variant, status.Reason));
        Assert.Equal(3, status.Without.Count);
        Assert.Contains("na_absent: this kernel has no tp_btf/na_no_such_tracepoint", status.Without);
        Assert.Contains(status.Without, text => text.StartsWith("na_unsafe: load na_unsafe: EACCES", StringComparison.Ordinal));
        Assert.Contains(status.Without, text => text.StartsWith("na_nowhere: attach na_nowhere: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("na_absent")]
    [InlineData("na_unsafe")]
    [InlineData("na_nowhere")]
    public void Start_OneThatIsNotOptionalDoesNotRun_SensorFailsAndNamesIt(string needed)
    {
        Kernel.Require();
        SensorStatus status = Start(new BpfOptions(), Optional(program => program.Name != needed));
        Assert.Equal(SensorState.Failed, status.State);
        Assert.Contains(needed, status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_NothingButOptionalProgramsThatDoNotRun_IsAFailure()
    {
        Kernel.Require();
        var definition = new SensorDefinition("optional",
            [new SensorVariant("none", "none", static program => program.Name != "na_runs") { IsOptional = static _ => true }]);
        SensorStatus status = Start(new BpfOptions(), definition);
        Assert.Equal(SensorState.Failed, status.State);
        Assert.StartsWith("none: none of its programs attaches: ", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_OptionalProgramsLeftOut_LeavesNothingOfTheTries()
    {
        Kernel.Require();
        int before = Kernel.CountDescriptors();
        Start(new BpfOptions(), Optional(static program => program.Name != "na_runs"));
        Assert.Equal(before, Kernel.CountDescriptors());
    }

    [Fact]
    public void Judge_OptionalProgramRefused_VariantLoads()
    {
        Kernel.Require();
        SensorDefinition definition = Optional(static program => program.Name != "na_runs");
        VerifierResult[] results = [.. Verifier.LoadEach("optional", Kernel.OpenFixture)];
        VariantVerdict verdict = Assert.Single(Assert.Single(Verifier.Judge(results, [definition], Kernel.OpenFixture)).Variants);
        Assert.True(verdict.Loads);
        Assert.Empty(verdict.Refused);
    }

    [Fact]
    public void OfTypes_SomeTypes_ChoosesBySectionOnly()
    {
        Kernel.Require();
        using BpfObject target = Kernel.OpenFixture("optional");
        var variant = SensorVariant.OfTypes("tracepoint", "tp_btf", "tp_btf");
        Assert.Equal(["na_absent"], target.Programs.Where(variant.Includes).Select(program => program.Name));
    }

    [Theory]
    [InlineData("file", "no_such_variant", "Bpf:Variants: sensor file has no variant \"no_such_variant\"; it has ")]
    [InlineData("no_such_sensor", "tracepoint", "Bpf:Variants: there is no sensor \"no_such_sensor\"; there are ")]
    public void Validate_UnknownNames_NamesThemAndWhatThereIs(string sensor, string variant, string expected)
    {
        string fault = Assert.Single(Forcing(sensor, variant).Validate());
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_EveryVariantOfTheCatalog_IsKnown()
    {
        foreach (SensorDefinition sensor in SensorCatalog.All)
        {
            Assert.Equal(sensor.Variants.Count, sensor.Variants.Select(variant => variant.Name).Distinct().Count());
            Assert.All(sensor.Variants, variant => Assert.Empty(Forcing(sensor.Name, variant.Name).Validate()));
        }
    }

    private static SensorDefinition Optional(Func<BpfProgram, bool> isOptional) =>
        new("optional", [new SensorVariant("mixed", "raw_tp, tp_btf", static _ => true) { IsOptional = isOptional }]);

    private static BpfOptions Forcing(string sensor, string variant)
    {
        var options = new BpfOptions();
        options.Variants.Add(sensor, variant);
        return options;
    }

    private static SensorStatus Start(BpfOptions options, SensorDefinition definition)
    {
        using SensorSet sensors = SensorSet.Start([Sender, definition], Kernel.OpenFixture, options, NullLogger.Instance);
        Assert.Equal(SensorState.Active, sensors.Statuses[0].State);
        return sensors.Statuses[1];
    }
}
