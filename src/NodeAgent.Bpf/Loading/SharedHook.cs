// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Loading;

/// <summary>A hook at which several sensors look, and of which the kernel would take the price from each of them.</summary>
/// <param name="Section">Shape: <c>tp_btf/sys_exit</c>.</param>
/// <param name="Head">The program that is attached there.</param>
/// <param name="Programs">The map of those that it goes on with.</param>
internal sealed record SharedHook(string Section, string Head, string Programs);
