// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Verification;

/// <summary>Whether the verifier leaves a sensor at least one way to work.</summary>
/// <param name="Sensor">Shape: the family, <c>file</c>.</param>
/// <param name="Variants">Every variant, best first, with the programs of it that were refused.</param>
public sealed record SensorVerdict(string Sensor, IReadOnlyList<VariantVerdict> Variants)
{
    /// <summary>Whether any variant loads.</summary>
    public bool Loads => Variants.Any(variant => variant.Loads);

    /// <summary>The first variant that loads; null when none does.</summary>
    public string? Best => Variants.FirstOrDefault(variant => variant.Loads)?.Name;
}

/// <summary>One variant of a sensor.</summary>
/// <param name="Name">What doctor prints.</param>
/// <param name="ProgramCount">Programs that it is made of; without any it does not load.</param>
/// <param name="Refused">Names of those that this kernel refuses.</param>
public sealed record VariantVerdict(string Name, int ProgramCount, IReadOnlyList<string> Refused)
{
    public bool Loads => ProgramCount > 0 && Refused.Count == 0;
}
