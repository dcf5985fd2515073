// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Objects;

/// <summary>What the kernel says of a loaded program. Source: <c>struct bpf_prog_info</c>.</summary>
/// <param name="Id">Its number in <c>bpftool prog</c>.</param>
/// <param name="VerifiedInstructions">How many instructions the verifier walked; 0 before Linux 5.16.</param>
/// <param name="JitedSizeBytes">Size of its machine code; 0 without JIT.</param>
/// <param name="RunCount">Runs while statistics were on.</param>
/// <param name="RunTimeNs">Units: ns, the time of those runs.</param>
/// <param name="RecursionMisses">Runs that the kernel left out because they would have interrupted the program itself; 0 before Linux 5.12.</param>
public readonly record struct ProgramInfo(
    uint Id, uint VerifiedInstructions, uint JitedSizeBytes, ulong RunCount, ulong RunTimeNs, ulong RecursionMisses);
