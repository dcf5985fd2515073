// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Functions;

/// <summary>The overloads of all functions by name.</summary>
internal sealed class FunctionTable
{
    /// <summary>A call's arguments lie on the stack, in a place of this size.</summary>
    public const int MostParameters = 6;

    private readonly Dictionary<string, List<Overload>> _overloads = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _overloads.Keys;

    public IReadOnlyList<Overload> Find(string name) => _overloads.TryGetValue(name, out List<Overload>? found) ? found : [];

    public FunctionTable Copy()
    {
        var copy = new FunctionTable();
        foreach ((string name, List<Overload> overloads) in _overloads)
        {
            copy._overloads.Add(name, [.. overloads]);
        }

        return copy;
    }

    public void Add(Overload overload)
    {
        if (!_overloads.TryGetValue(overload.Function, out List<Overload>? known))
        {
            _overloads.Add(overload.Function, known = []);
        }

        Overload? other = known.Find(o => o.IsMember == overload.IsMember && o.Parameters.Length == overload.Parameters.Length
            && o.Parameters.Zip(overload.Parameters).All(pair => Overlap(pair.First, pair.Second)));
        if (other is not null)
        {
            throw new ArgumentException($"{overload} overlaps with {other}", nameof(overload));
        }

        known.Add(overload);
    }

    // At run time a list is a list, whatever the types of its elements are.
    private static bool Overlap(CelType left, CelType right) =>
        left.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter || right.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter
        || (left.Kind == right.Kind && (left.Kind != CelTypeKind.Object || left.Name == right.Name));
}
