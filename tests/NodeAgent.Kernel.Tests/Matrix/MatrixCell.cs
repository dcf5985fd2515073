// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kernel.Tests.Matrix;

/// <summary>How far a variant comes on a kernel, worst first.</summary>
internal enum MatrixStep
{
    /// <summary>The kernel has no such hook.</summary>
    Absent,

    /// <summary>The kernel does not let it load or attach, whatever the program: EPERM.</summary>
    Forbidden,

    /// <summary>The verifier refuses a program.</summary>
    Refused,

    /// <summary>It loads and does not attach.</summary>
    Loads,

    /// <summary>It attaches, and its event does not come.</summary>
    Attaches,

    /// <summary>Its event came and was decoded.</summary>
    Fires,
}

/// <summary>One cell of the matrix: a variant of a sensor on the kernel that runs.</summary>
/// <param name="Reason">Shape: one line: why it does not come further, or which optional programs it runs without; else empty.</param>
internal sealed record MatrixCell(string Sensor, string Variant, MatrixStep Step, string Reason)
{
    /// <summary>Whether that is this kernel's doing, and not a fault of ours.</summary>
    internal bool IsKernelsDoing => Step is MatrixStep.Absent or MatrixStep.Forbidden;

    /// <summary>Shape: four fields divided by tabs; scripts/kernels/table.sh reads them.</summary>
    public override string ToString() =>
        $"{Sensor}\t{Variant}\t{Step.ToString().ToLowerInvariant()}\t{Reason.Replace('\t', ' ').Replace('\n', ' ')}";

    /// <param name="reason">Shape: that of a failed sensor's status.</param>
    internal static MatrixStep StepOf(string reason)
    {
        // What libbpf says of a hook that is not in the kernel's BTF; attaching to a tracepoint or symbol that is not there is ENOENT.
        if (reason.Contains("failed to find kernel BTF type ID", StringComparison.Ordinal)
            || reason.Contains("this kernel has no", StringComparison.Ordinal) || IsAttach(reason, "ENOENT"))
        {
            return MatrixStep.Absent;
        }

        if (reason.Contains(": EPERM", StringComparison.Ordinal))
        {
            return MatrixStep.Forbidden;
        }

        return reason.Contains(": attach ", StringComparison.Ordinal) ? MatrixStep.Loads : MatrixStep.Refused;
    }

    private static bool IsAttach(string reason, string error)
    {
        int attach = reason.IndexOf(": attach ", StringComparison.Ordinal);
        return attach >= 0 && reason.IndexOf($": {error}", attach, StringComparison.Ordinal) >= 0;
    }
}
