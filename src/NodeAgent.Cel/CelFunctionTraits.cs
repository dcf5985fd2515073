// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel;

/// <summary>How a function answers.</summary>
[Flags]
public enum CelFunctionTraits
{
    /// <summary>The answer depends on the host: it may change from one event to the next, but not within one.</summary>
    None = 0,

    /// <summary>Equal arguments give equal answers for ever: calls with constants are made once.</summary>
    Pure = 1,

    /// <summary>Each call counts: neither made ahead nor shared between expressions.</summary>
    Stateful = 2,
}
