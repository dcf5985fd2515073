// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Tests.Loading;
using NodeAgent.Bpf.Verification;

namespace NodeAgent.Bpf.Tests.Verification;

/// <summary>The level "verify": every program through the verifier of the kernel that runs.</summary>
[Collection(KernelCollection.Name)]
[Trait("Level", "Verify")]
public sealed class KernelVerifierTests
{
    [Fact]
    public void LoadAll_ThisKernel_LeavesEverySensorAVariant()
    {
        Kernel.Require();

        IReadOnlyList<VerifierResult> results = Verifier.LoadAll();

        Assert.NotEmpty(results);
        Assert.All(results, r => Assert.True(r.IsAccepted || r.Reason.Length > 0, $"{r.Program} is refused without a reason"));
        Assert.All(Verifier.Judge(results), sensor => Assert.True(
            sensor.Loads,
            $"{sensor.Sensor}: " + string.Join("\n", results.Where(r => r.ObjectName == sensor.Sensor && !r.IsAccepted)
                .Select(r => $"{r.Program}: {r.Reason}\n{r.Log}"))));
    }

    [Fact]
    public void LoadAll_ThisKernel_GrewNoProgramPastItsRecord()
    {
        Kernel.Require();
        var record = InstructionRecord.Embedded();
        Assert.SkipWhen(
            !record.Kernels.Contains(KernelFamily.Current),
            $"no instruction counts are recorded for {KernelFamily.Current}: make verify-record");

        Assert.Empty(record.Compare(KernelFamily.Current, Verifier.LoadAll()));
    }
}
