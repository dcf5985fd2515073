// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Values;

/// <summary>A value that may be missing: what <c>?.</c>, <c>[?…]</c> and <c>optional.of</c> yield.</summary>
internal sealed class CelOptional
{
    public static readonly CelOptional None = new(default, false);

    private CelOptional(CelValue value, bool hasValue)
    {
        Value = value;
        HasValue = hasValue;
    }

    public CelValue Value { get; }

    public bool HasValue { get; }

    public static CelOptional Some(in CelValue value) => new(value, true);
}
