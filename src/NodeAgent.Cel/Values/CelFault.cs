// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>Why an evaluation gave no value.</summary>
public enum CelFault : byte
{
    None,

    /// <summary>The variable has no value.</summary>
    Unbound,
    NoSuchOverload,
    NoSuchField,
    NoSuchKey,
    IndexOutOfRange,
    DivisionByZero,
    ModulusByZero,
    Overflow,

    /// <summary>A value lies outside of what its type or the operation admits.</summary>
    OutOfRange,
    BadConversion,
    BadArgument,
    BadPattern,
    DuplicateKey,
    UnsupportedKey,
    OptionalIsEmpty,

    /// <summary>A function of the host failed.</summary>
    Host,

    /// <summary>The evaluation took more steps than its limit. No operator absorbs this.</summary>
    CostLimit,

    /// <summary>A result became larger than its limit. No operator absorbs this.</summary>
    SizeLimit,
}
