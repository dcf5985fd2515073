// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel;

/// <summary>What a function does. It gets values of the kinds that it declared, and answers with a value of its result type.</summary>
/// <remarks>Errors: <see cref="CelContext.Fail(NodeAgent.Cel.Values.CelFault, string?)"/>, whose result it returns. It must not throw.</remarks>
public delegate CelValue CelImplementation(CelContext context, ReadOnlySpan<CelValue> arguments);

/// <summary>A question about two strings, the form of most questions that rules ask: the quickest way for a host to answer.</summary>
/// <remarks>Errors: <see cref="CelContext.Fail(NodeAgent.Cel.Values.CelFault, string?)"/>; what it returns then means nothing. It must not throw.</remarks>
public delegate bool CelTest(CelContext context, CelText first, CelText second);
