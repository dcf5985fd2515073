// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Generalizing;

/// <summary>A directory of the tree that is generalised, or a file, or both.</summary>
internal sealed class PathNode<TMask>
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    private static readonly Dictionary<string, PathNode<TMask>> None = [];
    private Dictionary<string, PathNode<TMask>> _children = None;

    public IReadOnlyDictionary<string, PathNode<TMask>> Children => _children;

    /// <summary>It was itself a path.</summary>
    public bool IsEnd { get; set; }

    /// <summary>All that is below it is one, whatever its depth.</summary>
    public bool HasStar { get; private set; }

    public TMask Mask { get; set; }

    public TMask StarMask { get; private set; }

    public PathNode<TMask> Child(ReadOnlySpan<char> name)
    {
        _children = ReferenceEquals(_children, None) ? new Dictionary<string, PathNode<TMask>>(StringComparer.Ordinal) : _children;
        Dictionary<string, PathNode<TMask>>.AlternateLookup<ReadOnlySpan<char>> lookup = _children.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name, out PathNode<TMask>? child))
        {
            lookup[name] = child = new PathNode<TMask>();
        }

        return child;
    }

    public void AddStar(TMask mask)
    {
        HasStar = true;
        StarMask |= mask;
    }

    /// <summary>Everything below becomes the star.</summary>
    public void AbsorbAll()
    {
        foreach (PathNode<TMask> child in _children.Values)
        {
            AddStar(child.MaskOfAll());
        }

        _children = None;
    }

    /// <summary>All children become one.</summary>
    public void MakeDynamic()
    {
        var united = new PathNode<TMask>();
        foreach (PathNode<TMask> child in _children.Values)
        {
            united.Unite(child);
        }

        _children = new Dictionary<string, PathNode<TMask>>(StringComparer.Ordinal) { [PathText.Dynamic] = united };
    }

    public bool HasGeneratedName()
    {
        foreach (string name in _children.Keys)
        {
            if (GeneratedName.Is(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its own and that of everything below.</summary>
    public TMask MaskOfAll()
    {
        TMask mask = Mask | StarMask;
        foreach (PathNode<TMask> child in _children.Values)
        {
            mask |= child.MaskOfAll();
        }

        return mask;
    }

    // The children are taken over: the other one is thrown away.
    private void Unite(PathNode<TMask> other)
    {
        IsEnd |= other.IsEnd;
        Mask |= other.Mask;
        HasStar |= other.HasStar;
        StarMask |= other.StarMask;
        if (_children.Count == 0)
        {
            _children = other._children;
            return;
        }

        foreach ((string name, PathNode<TMask> child) in other._children)
        {
            if (_children.TryGetValue(name, out PathNode<TMask>? mine))
            {
                mine.Unite(child);
            }
            else
            {
                _children[name] = child;
            }
        }
    }
}
