// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace NodeAgent.Cluster;

/// <summary>Keeps equal labels once: the pods of a workload have the same ones. For one task.</summary>
internal sealed class LabelPool
{
    private const int MaxKept = 16_384;

    /// <summary>Labels that tell versions of a workload apart, not workloads. Source: network policies of the compatible API leave them out.</summary>
    private static readonly FrozenSet<string> OfVersions =
        FrozenSet.Create(StringComparer.Ordinal, "controller-revision-hash", "pod-template-generation", "pod-template-hash");

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public string Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        if (_texts.Count >= MaxKept)
        {
            _texts.Clear();
        }

        return _texts.TryGetValue(text, out string? kept) ? kept : _texts[text] = text;
    }

    /// <summary>Without those that differ between versions of one workload.</summary>
    public IReadOnlyDictionary<string, string> OfPod(Dictionary<string, string>? labels)
    {
        if (labels is null || labels.Count == 0)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        KeyValuePair<string, string>[] chosen =
            [.. labels.Where(pair => pair.Value is not null && !OfVersions.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        string key = string.Join('\n', chosen.Select(pair => $"{pair.Key}={pair.Value}"));
        if (_labels.TryGetValue(key, out IReadOnlyDictionary<string, string>? kept))
        {
            return kept;
        }

        if (_labels.Count >= MaxKept)
        {
            _labels.Clear();
        }

        return _labels[key] = chosen.ToDictionary(pair => Text(pair.Key), pair => Text(pair.Value), StringComparer.Ordinal);
    }
}
