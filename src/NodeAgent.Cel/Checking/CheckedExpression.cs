// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;

namespace NodeAgent.Cel.Checking;

/// <param name="Locals">How many values of macro variables an evaluation keeps at once.</param>
internal sealed record CheckedExpression(Expr Root, int Locals, IReadOnlyList<(int Offset, string Message)> Issues);
