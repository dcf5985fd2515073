// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>How far what was learned is generalised.</summary>
/// <param name="Opens">Of files.</param>
/// <param name="Endpoints">Of HTTP paths.</param>
/// <param name="Executables">Of programs; only when a profile is over its bounds. A name alone never stands for another one.</param>
public sealed record CollapseRules(PathRules Opens, PathRules Endpoints, PathRules Executables)
{
    /// <summary>Units: children.</summary>
    public const int MaxThreshold = 1_000_000;

    public static CollapseRules Default { get; } = From(PathThresholds.Default, PathThresholds.DefaultEndpoints);

    /// <summary>Keeps what was seen as it was seen, up to numbers that no profile reaches.</summary>
    public static CollapseRules Exact { get; } = From(new PathThresholds(MaxThreshold, []), new PathThresholds(MaxThreshold, []));

    /// <summary>Reads the object that a person wrote. What it says replaces all that is built in; 0 and absent stand for the built-in number.</summary>
    /// <param name="configuration">Null = there is none.</param>
    /// <param name="refused">Gets the field and what is wrong with it; all the rest is used.</param>
    /// <remarks>Source: Kubescape's CollapseConfiguration.</remarks>
    public static CollapseRules Of(CollapseConfiguration? configuration, Action<string, string> refused)
    {
        if (configuration is null)
        {
            return Default;
        }

        ArgumentNullException.ThrowIfNull(refused);
        CollapseConfigurationSpec spec = configuration.Spec ?? new CollapseConfigurationSpec();
        int opens = Threshold(spec.OpenDynamicThreshold, PathThresholds.DefaultOpens, "spec.openDynamicThreshold", refused);
        int endpoints = Threshold(spec.EndpointDynamicThreshold, PathThresholds.DefaultOfEndpoints, "spec.endpointDynamicThreshold", refused);
        var prefixes = new List<PathThreshold>();
        IReadOnlyList<CollapseConfigurationEntry?> entries = spec.CollapseConfigs ?? [];
        for (int i = 0; i < entries.Count; i++)
        {
            string field = string.Create(CultureInfo.InvariantCulture, $"spec.collapseConfigs[{i}]");
            if (entries[i]?.Prefix is { } prefix && (prefix.Length == 0 || prefix[0] == '/'))
            {
                prefixes.Add(new PathThreshold(prefix, Threshold(entries[i]!.Threshold, 0, field + ".threshold", refused)));
            }
            else
            {
                refused(field + ".prefix", entries[i]?.Prefix is { } text ? $"'{text}' does not begin with a slash" : "is missing");
            }
        }

        return From(new PathThresholds(opens, prefixes), new PathThresholds(endpoints, []));
    }

    private static CollapseRules From(PathThresholds opens, PathThresholds endpoints) =>
        new(new PathRules(opens, true), new PathRules(endpoints, true), new PathRules(opens, false));

    private static int Threshold(int? value, int otherwise, string field, Action<string, string> refused)
    {
        if (value is < 0 or > MaxThreshold)
        {
            refused(field, string.Create(CultureInfo.InvariantCulture, $"{value} is not between 0 and {MaxThreshold}"));
            return otherwise;
        }

        return value is null or 0 ? otherwise : value.Value;
    }
}
