// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Verification;

/// <summary>What this kernel's verifier says of one program.</summary>
/// <param name="ObjectName">Shape: the family, <c>file</c>.</param>
/// <param name="Program">Its name.</param>
/// <param name="Section">Shape: type and hook, <c>tp_btf/sys_exit</c>.</param>
/// <param name="InstructionCount">Units: instructions in the object file.</param>
/// <param name="VerifiedInstructions">Units: instructions that the verifier walked; 0 when refused or before Linux 5.16.</param>
/// <param name="IsAccepted">Whether it loads.</param>
/// <param name="Reason">Shape: one line; empty when accepted.</param>
/// <param name="Log">The verifier's whole log; empty when accepted.</param>
public sealed record VerifierResult(string ObjectName, string Program, string Section, int InstructionCount,
    uint VerifiedInstructions, bool IsAccepted, string Reason, string Log);
