// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Tests.Loading;
using NodeAgent.Bpf.Verification;

namespace NodeAgent.Bpf.Tests.Verification;

[Collection(KernelCollection.Name)]
public sealed class VerifierTests
{
    [Fact]
    public void LoadEach_OneGoodOneRefused_JudgesEachByItself()
    {
        Kernel.Require();
        VerifierResult[] results = [.. Verifier.LoadEach("refused", Kernel.OpenFixture)];
        Assert.Equal(["na_refused", "na_accepted"], results.Select(result => result.Program));
        Assert.Equal([false, true], results.Select(result => result.IsAccepted));
        Assert.Contains("map_value_or_null", results[0].Log, StringComparison.Ordinal);
        Assert.Contains("map_value_or_null", results[0].Reason, StringComparison.Ordinal);
        Assert.Equal("raw_tp/sched_process_exit", results[1].Section);
        Assert.True(results[1].InstructionCount > 0);
        Assert.Empty(results[1].Log);
    }

    [Fact]
    public void Judge_TwoVariantsOneRefused_TakesTheOther()
    {
        Kernel.Require();
        VerifierResult[] results = [.. Verifier.LoadEach("refused", Kernel.OpenFixture)];
        var definition = new SensorDefinition("refused", [Only("best", "na_refused"), Only("other", "na_accepted"), Only("empty", "na_nothing")]);
        SensorVerdict verdict = Assert.Single(Verifier.Judge(results, [definition], Kernel.OpenFixture));
        Assert.True(verdict.Loads);
        Assert.Equal("other", verdict.Best);
        Assert.Equal([false, true, false], verdict.Variants.Select(variant => variant.Loads));
        Assert.Equal(["na_refused"], verdict.Variants[0].Refused);
        Assert.Equal(0, verdict.Variants[2].ProgramCount);
    }

    [Fact]
    public void Judge_EveryVariantRefused_DoesNotLoad()
    {
        Kernel.Require();
        VerifierResult[] results = [.. Verifier.LoadEach("refused", Kernel.OpenFixture)];
        var definition = new SensorDefinition("refused", [Only("best", "na_refused")]);
        SensorVerdict verdict = Assert.Single(Verifier.Judge(results, [definition], Kernel.OpenFixture));
        Assert.False(verdict.Loads);
        Assert.Null(verdict.Best);
    }

    [Fact]
    public void Judge_ObjectOfNoSensor_NeedsOneOfItsPrograms()
    {
        Kernel.Require();
        SensorVerdict verdict = Assert.Single(Verifier.Judge([.. Verifier.LoadEach("refused", Kernel.OpenFixture)], [], Kernel.OpenFixture));
        Assert.Equal(("refused", true), (verdict.Sensor, verdict.Loads));
        Assert.Equal([false, true], verdict.Variants.Select(variant => variant.Loads));
    }

    [Fact]
    public void LoadAll_ThisBuild_JudgesEveryProgram()
    {
        Kernel.Require();
        int before = Kernel.CountDescriptors();
        Assert.All(Verifier.LoadAll(), result => Assert.Equal(result.IsAccepted, result.Reason.Length == 0));
        Assert.Equal(before, Kernel.CountDescriptors());
    }

    private static SensorVariant Only(string name, string program) => new(name, "raw_tp", candidate => candidate.Name == program);
}
