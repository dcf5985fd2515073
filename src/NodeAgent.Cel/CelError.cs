// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel;

/// <summary>Why an evaluation gave no value, and at which part of the expression.</summary>
public sealed record CelError(CelFault Fault, int Line, int Column, string Message)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {Message}");
}
