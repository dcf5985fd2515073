// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Kernel.Tests.Matrix;

/// <summary>The level "matrix": every variant of every sensor on the kernel that runs. scripts/kernels.sh runs it on others.</summary>
[Trait("Level", "Matrix")]
public sealed class MatrixTests
{
    public static TheoryData<string, string> Variants =>
        [.. SensorCatalog.All.SelectMany(sensor => sensor.Variants.Select(variant => (sensor.Name, variant.Name)))];

    public static TheoryData<string> Sensors => [.. SensorCatalog.All.Select(sensor => sensor.Name)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Variant_ThisKernel_LoadsAttachesAndFires(string sensor, string variant)
    {
        RequireKernel();
        MatrixCell cell = MatrixRun.Of(sensor, variant);
        Assert.SkipWhen(cell.IsKernelsDoing, $"{cell.Step}: {cell.Reason}");
        Assert.True(cell.Step == MatrixStep.Fires, $"{cell.Step}: {cell.Reason}");
    }

    [Theory]
    [MemberData(nameof(Sensors))]
    public void Sensor_ThisKernel_HasAVariantThatFires(string sensor)
    {
        RequireKernel();
        MatrixCell[] cells = [.. SensorCatalog.All.Single(definition => definition.Name == sensor).Variants.Select(variant => MatrixRun.Of(sensor, variant.Name))];
        Assert.True(cells.Any(cell => cell.Step == MatrixStep.Fires), string.Join("; ", cells.Select(cell => $"{cell.Variant}: {cell.Reason}")));
    }

    [Fact]
    public void Sensors_Together_EachTakesItsFirstVariantThatAttaches()
    {
        RequireKernel();
        foreach (SensorDefinition sensor in SensorCatalog.All)
        {
            string expected = sensor.Variants.Select(variant => MatrixRun.Of(sensor.Name, variant.Name))
                .FirstOrDefault(cell => cell.Step >= MatrixStep.Attaches)?.Variant ?? string.Empty;
            Assert.True(expected == MatrixRun.Chosen[sensor.Name], $"{sensor.Name}: {MatrixRun.Chosen[sensor.Name]} was chosen, {expected} is the best");
        }
    }

    /// <summary>A kernel may lack a hook; where it has one, the verifier has to take what we hook there.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void OptionalProgram_HookIsThere_IsNotRefused(string sensor, string variant)
    {
        RequireKernel();
        MatrixCell cell = MatrixRun.Of(sensor, variant);
        Assert.SkipWhen(cell.Step != MatrixStep.Fires, $"{cell.Step}: {cell.Reason}");
        Assert.DoesNotContain(": load ", cell.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fentry (forced by Bpf:Variants): load na_open: EPERM", "Forbidden")]
    [InlineData("fentry (forced by Bpf:Variants): load na_open: ESRCH: prog 'na_open': failed to find kernel BTF type ID of 'x': -3", "Absent")]
    [InlineData("kprobe (forced by Bpf:Variants): attach na_open: ENOENT: failed to create kprobe", "Absent")]
    [InlineData("lsm (forced by Bpf:Variants): attach na_open: EBUSY", "Loads")]
    [InlineData("lsm (forced by Bpf:Variants): load na_open: EACCES: R1 invalid mem access", "Refused")]
    [InlineData("lsm (forced by Bpf:Variants): load na_open: ENOENT: failed to load map", "Refused")]
    public void StepOf_ReasonOfAStatus_IsHowFarItCame(string reason, string expected) =>
        Assert.Equal(expected, MatrixCell.StepOf(reason).ToString());

    private static void RequireKernel()
    {
        RequirementProblem? problem = KernelRequirements.Check().FirstOrDefault(found => found.IsFatal);
        Assert.SkipWhen(problem is not null, problem?.Message ?? string.Empty);
        Assert.SkipWhen(KernelRequirements.FindCgroupRoot() is null, "no cgroup2 tree is mounted");
    }
}
