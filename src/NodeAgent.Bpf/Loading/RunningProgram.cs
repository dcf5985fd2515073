// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Loading;

/// <summary>A program that runs in the kernel without this process.</summary>
/// <param name="Id">The kernel's number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Section">Shape: <c>tp_btf/sched_process_exec</c>.</param>
internal sealed record RunningProgram(uint Id, string Name, string Section);
