// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Verification;

namespace NodeAgent.Kernel.Tests;

[Trait("Level", "Verify")]
public sealed class VerifierTests
{
    // Half of the kernel's limit of a million: other kernels walk other ways.
    private const uint MostInstructions = 500_000;

    [Fact]
    public void LoadAll_EverySensor_LoadsWithRoomToSpare()
    {
        RequirementProblem? problem = KernelRequirements.Check().FirstOrDefault(found => found.IsFatal);
        Assert.SkipWhen(problem is not null, problem?.Message ?? string.Empty);
        IReadOnlyList<VerifierResult> results = Verifier.LoadAll();
        Assert.Equal(
            SensorCatalog.All.Select(sensor => sensor.Name).Append("iter").Concat(SharedHooks.All.Select(shared => shared.ObjectName)).Order(StringComparer.Ordinal),
            results.Select(result => result.ObjectName).Distinct().Order(StringComparer.Ordinal));
        Assert.All(Verifier.Judge(results), sensor => Assert.True(
            sensor.Loads,
            $"{sensor.Sensor}: this kernel accepts no variant: " + string.Join('\n', results.Where(result => result.ObjectName == sensor.Sensor && !result.IsAccepted)
                .Select(result => $"{result.Program}: {result.Reason}"))));
        Assert.All(results, result => Assert.True(
            result.VerifiedInstructions <= MostInstructions, $"{result.Program}: {result.VerifiedInstructions} instructions"));
        Assert.All(results, result => Assert.True(result.Program.Length <= 15, $"{result.Program}: the kernel cuts the name"));
    }
}
