// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>Finds those of many selectors that may hold some labels: each stands under the rarest of the labels that it asks for.</summary>
internal sealed class SelectorIndex
{
    // Tuples: of a KeyValuePair only the key is hashed, and all selectors ask for the same few keys.
    private readonly Dictionary<(string Key, string Value), List<int>> _byLabel = [];
    private readonly List<int> _others = []; // that ask for no single label

    /// <param name="required">Of each selector the labels that must be there; null = it is none.</param>
    public SelectorIndex(IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>?> required)
    {
        var counts = new Dictionary<(string Key, string Value), int>();
        foreach ((string key, string value) in required.OfType<IReadOnlyList<KeyValuePair<string, string>>>().SelectMany(labels => labels))
        {
            counts[(key, value)] = counts.GetValueOrDefault((key, value)) + 1;
        }

        for (int at = 0; at < required.Count; at++)
        {
            if (required[at] is not { } labels)
            {
                continue;
            }

            List<int> place = labels.Count == 0 ? _others : Of(labels.MinBy(label => counts[(label.Key, label.Value)]));
            place.Add(at);
        }
    }

    /// <returns>Numbers of selectors, each once; not all of them need hold.</returns>
    public IEnumerable<int> Candidates(IReadOnlyDictionary<string, string> labels)
    {
        foreach ((string key, string value) in labels)
        {
            foreach (int at in _byLabel.GetValueOrDefault((key, value)) ?? [])
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
        if (!_byLabel.TryGetValue((label.Key, label.Value), out List<int>? place))
        {
            _byLabel[(label.Key, label.Value)] = place = [];
        }

        return place;
    }
}
