// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>Finds those of many selectors that may hold some labels: each stands under the rarest of the labels that it asks for.</summary>
internal sealed class SelectorIndex
{
    private readonly Dictionary<KeyValuePair<string, string>, List<int>> _byLabel = [];
    private readonly List<int> _others = []; // that ask for no single label

    /// <param name="required">Of each selector the labels that must be there; null = it is none.</param>
    public SelectorIndex(IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>?> required)
    {
        var counts = new Dictionary<KeyValuePair<string, string>, int>();
        foreach (KeyValuePair<string, string> label in required.OfType<IReadOnlyList<KeyValuePair<string, string>>>().SelectMany(labels => labels))
        {
            counts[label] = counts.GetValueOrDefault(label) + 1;
        }

        for (int at = 0; at < required.Count; at++)
        {
            if (required[at] is not { } labels)
            {
                continue;
            }

            List<int> place = labels.Count == 0 ? _others : Of(labels.MinBy(label => counts[label]));
            place.Add(at);
        }
    }

    /// <returns>Numbers of selectors, each once; not all of them need hold.</returns>
    public IEnumerable<int> Candidates(IReadOnlyDictionary<string, string> labels)
    {
        foreach (KeyValuePair<string, string> label in labels)
        {
            foreach (int at in _byLabel.GetValueOrDefault(label) ?? [])
            {
                yield return at;
            }
        }

        foreach (int at in _others)
        {
            yield return at;
        }
    }

    private List<int> Of(KeyValuePair<string, string> label)
    {
        if (!_byLabel.TryGetValue(label, out List<int>? place))
        {
            _byLabel[label] = place = [];
        }

        return place;
    }
}
