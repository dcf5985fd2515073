// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>Finds those of many selectors that may hold some labels: each stands under the rarest of the labels that it asks for.</summary>
internal sealed class SelectorIndex
{
    // Tuples: of a KeyValuePair only the key is hashed, and all selectors ask for the same few keys.
    private readonly Dictionary<(string Key, string Value), List<int>> _byLabel = [];
    private readonly List<int> _others = [];
    private readonly List<int> _none = [];

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

    /// <summary>Numbers of selectors that ask for no single label.</summary>
    public List<int> AskingNone => _others;

    /// <returns>Numbers of selectors that stand under a label; not all of them need hold.</returns>
    public List<int> Asking(in KeyValuePair<string, string> label) => _byLabel.GetValueOrDefault((label.Key, label.Value)) ?? _none;

    private List<int> Of(KeyValuePair<string, string> label)
    {
        if (!_byLabel.TryGetValue((label.Key, label.Value), out List<int>? place))
        {
            _byLabel[(label.Key, label.Value)] = place = [];
        }

        return place;
    }
}
