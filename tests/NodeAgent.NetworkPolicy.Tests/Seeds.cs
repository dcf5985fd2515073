// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.NetworkPolicy.Tests;

/// <summary>Seeds of random cases, each another one.</summary>
internal static class Seeds
{
    // FsCheck's own integers are small at first: a thousand of them are but two hundred different ones.
    public static Arbitrary<int> Any { get; } = Gen.Choose(0, int.MaxValue).ToArbitrary();
}
