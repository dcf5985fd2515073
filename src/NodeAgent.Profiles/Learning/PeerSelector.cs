// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Pods by their labels, as network policies name them: what stays when pods and their addresses are replaced.</summary>
public sealed class PeerSelector : IEquatable<PeerSelector>
{
    private readonly int _hash;

    /// <param name="labels">At least one.</param>
    public PeerSelector(string podNamespace, IEnumerable<KeyValuePair<string, string>> labels)
    {
        Namespace = podNamespace;
        Labels = [.. labels.OrderBy(label => label.Key, StringComparer.Ordinal)];
        var hash = new HashCode();
        hash.Add(podNamespace, StringComparer.Ordinal);
        foreach ((string key, string value) in Labels)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    public string Namespace { get; }

    /// <summary>Sorted by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; }

    public bool Equals(PeerSelector? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other._hash != _hash || other.Namespace != Namespace || other.Labels.Count != Labels.Count)
        {
            return false;
        }

        for (int i = 0; i < Labels.Count; i++)
        {
            if (Labels[i].Key != other.Labels[i].Key || Labels[i].Value != other.Labels[i].Value)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PeerSelector);

    public override int GetHashCode() => _hash;
}
