// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Types;

/// <summary>A type with declared fields, each read by a function of the host. Complete it before an environment uses it.</summary>
public abstract class CelObjectType(string name)
{
    private readonly Dictionary<string, CelField> _fields = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public IEnumerable<string> FieldNames => _fields.Keys;

    internal bool TryGetField(string field, [NotNullWhen(true)] out CelField? found) => _fields.TryGetValue(field, out found);

    /// <summary>Whether the value is of the class that the fields' functions read.</summary>
    internal abstract bool Accepts(CelObject value);

    private protected void Add(CelField field) => _fields.Add(field.Name, field);
}

/// <inheritdoc/>
/// <remarks>
/// A list or map that is null reads as an empty one. <c>has()</c> of a field asks <c>isSet</c>; a field without it is always set. The functions run on the thread that evaluates.
/// </remarks>
public sealed class CelObjectType<T>(string name) : CelObjectType(name)
    where T : CelObject
{
    public CelObjectType<T> Text(string field, Func<T, CelText> get, Func<T, bool>? isSet = null) =>
        With(new TextField<T>(field, get, isSet));

    public CelObjectType<T> Int(string field, Func<T, long> get, Func<T, bool>? isSet = null) =>
        With(new IntField<T>(field, get, isSet));

    public CelObjectType<T> Uint(string field, Func<T, ulong> get, Func<T, bool>? isSet = null) =>
        With(new UintField<T>(field, get, isSet));

    public CelObjectType<T> Bool(string field, Func<T, bool> get, Func<T, bool>? isSet = null) =>
        With(new BoolField<T>(field, get, isSet));

    public CelObjectType<T> Double(string field, Func<T, double> get, Func<T, bool>? isSet = null) =>
        With(new ValueField<T>(field, CelType.Double, x => CelValue.Of(get(x)), isSet));

    public CelObjectType<T> List(string field, CelType element, Func<T, CelList?> get, Func<T, bool>? isSet = null) =>
        With(new ValueField<T>(field, CelType.List(element), x => CelValue.Of(get(x) ?? CelList.Empty), isSet));

    public CelObjectType<T> Map(string field, CelType key, CelType value, Func<T, CelMap?> get, Func<T, bool>? isSet = null) =>
        With(new ValueField<T>(field, CelType.Map(key, value), x => CelValue.Of(get(x) ?? CelMap.Empty), isSet));

    /// <summary>A field of any type.</summary>
    /// <param name="get">Gives a value of that type, or null.</param>
    public CelObjectType<T> Value(string field, CelType type, Func<T, CelValue> get, Func<T, bool>? isSet = null) =>
        With(new ValueField<T>(field, type, get, isSet));

    /// <summary>A second name for a field that is declared already.</summary>
    public CelObjectType<T> Alias(string field, string declared)
    {
        if (!TryGetField(declared, out CelField? found))
        {
            throw new ArgumentException($"{Name} has no field {declared}", nameof(declared));
        }

        return With(found.As(field));
    }

    internal override bool Accepts(CelObject value) => value is T && value.ObjectType == this;

    private CelObjectType<T> With(CelField field)
    {
        Add(field);
        return this;
    }
}
