// SPDX-License-Identifier: Apache-2.0
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
    public void LoadAll_ThisBuild_JudgesEveryProgram()
    {
        Kernel.Require();
        int before = Kernel.CountDescriptors();
        Assert.All(Verifier.LoadAll(), result => Assert.Equal(result.IsAccepted, result.Reason.Length == 0));
        Assert.Equal(before, Kernel.CountDescriptors());
    }
}
