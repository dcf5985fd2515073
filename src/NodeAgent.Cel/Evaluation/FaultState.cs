// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>An error that was set aside, because another operand may still decide.</summary>
internal readonly record struct FaultState(CelFault Fault, int Offset, string? Text, CelValue Detail);
