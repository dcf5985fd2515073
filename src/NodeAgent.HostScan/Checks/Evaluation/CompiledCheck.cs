// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;

namespace NodeAgent.HostScan.Checks.Evaluation;

/// <summary>A check that can be evaluated.</summary>
/// <param name="Applies">Null = always.</param>
/// <param name="Evidence">In the order of the definition's.</param>
/// <param name="Variables">Shape: the documents that its condition names.</param>
internal sealed record CompiledCheck(CheckDefinition Definition, CelProgram? Applies, CelProgram Pass, IReadOnlyList<CelProgram> Evidence, IReadOnlyList<string> Variables);
