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
    public void LoadAll_ThisKernel_AcceptsEveryProgram()
    {
        Kernel.Require();

        IReadOnlyList<VerifierResult> results = Verifier.LoadAll();

        Assert.NotEmpty(results);
        Assert.All(results, r => Assert.True(r.IsAccepted, $"{r.Program}: {r.Reason}\n{r.Log}"));
    }
}
