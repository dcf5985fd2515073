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

    private readonly Dictionary<Dictionary<string, string>, Dictionary<string, string>> _labels = new(new SameWorkload());
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

    /// <summary>Without those that differ between versions of one workload. Equal ones are the same object.</summary>
    public IReadOnlyDictionary<string, string> OfPod(Dictionary<string, string>? labels)
    {
        if (labels is null || labels.Count == 0)
        {
            return ImmutableDictionary<string, string>.Empty;
        }

        if (_labels.TryGetValue(labels, out Dictionary<string, string>? kept))
        {
            return kept;
        }

        if (_labels.Count >= MaxKept)
        {
            _labels.Clear();
        }

        kept = labels.Where(IsOfWorkload).ToDictionary(pair => Text(pair.Key), pair => Text(pair.Value), StringComparer.Ordinal);
        return _labels[kept] = kept;
    }

    private static bool IsOfWorkload(KeyValuePair<string, string> label) => label.Value is not null && !OfVersions.Contains(label.Key);

    /// <summary>Compares what is left of labels, in whatever order they stand.</summary>
    private sealed class SameWorkload : IEqualityComparer<Dictionary<string, string>>
    {
        public bool Equals(Dictionary<string, string>? x, Dictionary<string, string>? y) =>
            ReferenceEquals(x, y) || (x is not null && y is not null && Count(x) == Count(y) && Holds(x, y));

        public int GetHashCode(Dictionary<string, string> obj)
        {
            int sum = 0;
            foreach (KeyValuePair<string, string> label in obj)
            {
                sum += IsOfWorkload(label) ? HashCode.Combine(label.Key, label.Value) : 0;
            }

            return sum;
        }

        private static int Count(Dictionary<string, string> labels)
        {
            int count = 0;
            foreach (KeyValuePair<string, string> label in labels)
            {
                count += IsOfWorkload(label) ? 1 : 0;
            }

            return count;
        }

        private static bool Holds(Dictionary<string, string> x, Dictionary<string, string> y)
        {
            foreach (KeyValuePair<string, string> label in x)
            {
                if (IsOfWorkload(label) && (!y.TryGetValue(label.Key, out string? value) || value != label.Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
