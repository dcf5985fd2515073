// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.Profiles.Tests.Laws;

/// <summary>Runs a law over many random cases; a failure names the seed.</summary>
internal static class Property
{
    public const int Cases = 1000;

    // FsCheck's own integers are small at first: a thousand of them are but two hundred different ones.
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    public static void ForSeeds(Action<Random> law, int cases = Cases) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases), Prop.ForAll(Seeds, seed =>
    {
        law(new Random(seed));
        return true;
    }));
}
