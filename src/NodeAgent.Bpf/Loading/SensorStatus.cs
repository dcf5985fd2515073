// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Loading;

public enum SensorState
{
    /// <summary>Loaded and attached.</summary>
    Active,

    /// <summary>Switched off by configuration.</summary>
    Disabled,

    /// <summary>This kernel accepts none of its variants.</summary>
    Failed,
}

/// <summary>How one capability of the agent fared on this kernel.</summary>
/// <param name="Name">Shape: the family, <c>file</c>.</param>
/// <param name="State">What became of it.</param>
/// <param name="Variant">Shape: the name of the one chosen, <c>fentry</c>; empty when none.</param>
/// <param name="Reason">Shape: one line. Why it is off, or why no better variant was chosen; empty when the first was.</param>
public sealed record SensorStatus(string Name, SensorState State, string Variant, string Reason)
{
    /// <summary>Where the chosen variant hooks, for people; empty when none was chosen.</summary>
    public string Hooks { get; init; } = string.Empty;

    /// <summary>Optional programs that this kernel does not run. Shape: <c>module_load: the kernel has no such hook</c>.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];
}
