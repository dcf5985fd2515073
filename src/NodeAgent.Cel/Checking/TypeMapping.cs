// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Checking;

/// <summary>What the parameters of types stand for, found by unification as the checker goes on.</summary>
internal sealed class TypeMapping
{
    private readonly Dictionary<string, CelType> _found = new(StringComparer.Ordinal);
    private readonly List<(string Name, CelType? Before)> _trail = [];
    private int _fresh;

    public CelType Fresh() => CelType.Parameter($"${_fresh++}");

    /// <summary>A signature in which each parameter is a new one.</summary>
    public (CelType[] Parameters, CelType Result) Instantiate(Overload overload)
    {
        var names = new Dictionary<string, CelType>(StringComparer.Ordinal);
        return ([.. overload.Parameters.Select(p => Rename(p, names))], Rename(overload.Result, names));
    }

    /// <summary>Whether values of the one types may stand where the others are expected; only then what was found is kept.</summary>
    public bool AreAssignable(ReadOnlySpan<CelType> from, ReadOnlySpan<CelType> to)
    {
        _trail.Clear();
        for (int i = 0; i < from.Length; i++)
        {
            if (!Assign(from[i], to[i]))
            {
                Undo();
                return false;
            }
        }

        return true;
    }

    public bool IsAssignable(CelType from, CelType to) => AreAssignable([from], [to]);

    /// <summary>The type of a literal's element when one more is added: what both are, else dyn.</summary>
    public CelType Join(CelType? left, CelType right) =>
        left is null ? right : IsAssignable(left, right) ? MoreGeneral(left, right) : CelType.Dyn;

    /// <param name="freeIsDyn">What nothing was found for becomes dyn.</param>
    public CelType Resolve(CelType type, bool freeIsDyn)
    {
        if (type.Kind == CelTypeKind.Parameter)
        {
            return _found.TryGetValue(type.Name, out CelType? found) ? Resolve(found, freeIsDyn) : freeIsDyn ? CelType.Dyn : type;
        }

        return type.Parameters.Length == 0 ? type : type.With([.. type.Parameters.Select(p => Resolve(p, freeIsDyn))]);
    }

    private CelType Rename(CelType type, Dictionary<string, CelType> names)
    {
        if (type.Kind != CelTypeKind.Parameter)
        {
            return type.Parameters.Length == 0 ? type : type.With([.. type.Parameters.Select(p => Rename(p, names))]);
        }

        if (!names.TryGetValue(type.Name, out CelType? fresh))
        {
            names.Add(type.Name, fresh = Fresh());
        }

        return fresh;
    }

    private bool Assign(CelType from, CelType to)
    {
        if (to.Kind == CelTypeKind.Parameter)
        {
            (bool valid, bool known) = Substitute(from, to);
            if (valid || known)
            {
                return valid;
            }
        }

        if (from.Kind == CelTypeKind.Parameter)
        {
            return Substitute(to, from).Valid;
        }

        if (from.Kind == CelTypeKind.Dyn || to.Kind == CelTypeKind.Dyn)
        {
            return true;
        }

        if (from.Kind == CelTypeKind.Null || to.Kind == CelTypeKind.Null)
        {
            return IsNullable(from.Kind == CelTypeKind.Null ? to : from);
        }

        if (from.Kind == CelTypeKind.Nullable || to.Kind == CelTypeKind.Nullable)
        {
            // Numbers and strings of a message: a value where one or null is expected, and the other way at run time's risk.
            return from.Name == to.Name && (from.Kind == to.Kind || from.Parameters.Concat(to.Parameters).Any(p => p.Kind == from.Kind || p.Kind == to.Kind));
        }

        return from.Kind == to.Kind && (from.Kind == CelTypeKind.Type || AssignAll(from, to));
    }

    private bool AssignAll(CelType from, CelType to)
    {
        if (from.Name != to.Name || from.Parameters.Length != to.Parameters.Length)
        {
            return false;
        }

        for (int i = 0; i < from.Parameters.Length; i++)
        {
            if (!Assign(from.Parameters[i], to.Parameters[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNullable(CelType type) =>
        type.Kind is CelTypeKind.Null or CelTypeKind.Nullable or CelTypeKind.Timestamp or CelTypeKind.Duration or CelTypeKind.Object or CelTypeKind.Optional;

    private (bool Valid, bool Known) Substitute(CelType type, CelType parameter)
    {
        if (type.Equals(parameter))
        {
            return (true, true);
        }

        if (!_found.TryGetValue(parameter.Name, out CelType? known))
        {
            bool free = !Occurs(parameter, type);
            if (free)
            {
                Set(parameter.Name, type);
            }

            return (free, false);
        }

        if (type.Equals(known))
        {
            return (true, true);
        }

        if (!Assign(type, known))
        {
            return (false, true);
        }

        CelType general = MoreGeneral(type, known);
        if (!Occurs(parameter, general))
        {
            Set(parameter.Name, general);
        }

        return (true, true);
    }

    private void Set(string name, CelType type)
    {
        _trail.Add((name, _found.GetValueOrDefault(name)));
        _found[name] = type;
    }

    private void Undo()
    {
        for (int i = _trail.Count - 1; i >= 0; i--)
        {
            if (_trail[i].Before is { } before)
            {
                _found[_trail[i].Name] = before;
            }
            else
            {
                _found.Remove(_trail[i].Name);
            }
        }
    }

    private bool Occurs(CelType parameter, CelType type)
    {
        if (type.Kind == CelTypeKind.Parameter)
        {
            return type.Equals(parameter) || (_found.TryGetValue(type.Name, out CelType? found) && Occurs(parameter, found));
        }

        return type.Parameters.Any(p => Occurs(parameter, p));
    }

    private static CelType MoreGeneral(CelType left, CelType right) => IsAtLeastAsGeneral(left, right) ? left : right;

    private static bool IsAtLeastAsGeneral(CelType left, CelType right)
    {
        if (left.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter)
        {
            return true;
        }

        if (right.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter || (left.Kind != right.Kind && left.Kind != CelTypeKind.Nullable))
        {
            return false;
        }

        return left.Kind == CelTypeKind.Nullable
            || (left.Name == right.Name && left.Parameters.Zip(right.Parameters).All(p => IsAtLeastAsGeneral(p.First, p.Second)));
    }
}
