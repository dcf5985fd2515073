// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Evaluation;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Types;

/// <summary>A declared field: how to read it from a host's object without a box.</summary>
internal abstract class CelField(string name, CelType type)
{
    public string Name { get; } = name;

    public CelType Type { get; } = type;

    public abstract bool IsSet(CelObject instance);

    public abstract CelValue Value(CelObject instance);

    public virtual CelText Text(CelObject instance) => Value(instance).Text;

    public virtual long Bits(CelObject instance) => Value(instance).Int;

    public abstract CelField As(string name);

    /// <summary>The quickest node for the field of a variable, whose value is known to be of the class.</summary>
    public virtual Node? OfVariable(int offset, CelVariable variable) => null;
}

/// <param name="isSet">What <c>has()</c> asks; null when the field is always set.</param>
internal abstract class CelField<T>(string name, CelType type, Func<T, bool>? isSet) : CelField(name, type)
    where T : CelObject
{
    protected Func<T, bool>? Presence => isSet;

    public sealed override bool IsSet(CelObject instance) => isSet is null || isSet((T)instance);
}

internal sealed class TextField<T>(string name, Func<T, CelText> get, Func<T, bool>? isSet) : CelField<T>(name, CelType.String, isSet)
    where T : CelObject
{
    public override CelText Text(CelObject instance) => get((T)instance);

    public override CelValue Value(CelObject instance) => CelValue.Of(get((T)instance));

    public override CelField As(string name) => new TextField<T>(name, get, Presence);

    public override Node OfVariable(int offset, CelVariable variable) => new TextFieldNode<T>(offset, variable, Name, get);
}

internal sealed class IntField<T>(string name, Func<T, long> get, Func<T, bool>? isSet) : CelField<T>(name, CelType.Int, isSet)
    where T : CelObject
{
    public override long Bits(CelObject instance) => get((T)instance);

    public override CelValue Value(CelObject instance) => CelValue.Of(get((T)instance));

    public override CelField As(string name) => new IntField<T>(name, get, Presence);

    public override Node OfVariable(int offset, CelVariable variable) => new IntFieldNode<T>(offset, variable, Name, get);
}

internal sealed class UintField<T>(string name, Func<T, ulong> get, Func<T, bool>? isSet) : CelField<T>(name, CelType.Uint, isSet)
    where T : CelObject
{
    public override long Bits(CelObject instance) => (long)get((T)instance);

    public override CelValue Value(CelObject instance) => CelValue.Of(get((T)instance));

    public override CelField As(string name) => new UintField<T>(name, get, Presence);

    public override Node OfVariable(int offset, CelVariable variable) => new UintFieldNode<T>(offset, variable, Name, get);
}

internal sealed class BoolField<T>(string name, Func<T, bool> get, Func<T, bool>? isSet) : CelField<T>(name, CelType.Bool, isSet)
    where T : CelObject
{
    public override long Bits(CelObject instance) => get((T)instance) ? 1 : 0;

    public override CelValue Value(CelObject instance) => CelValue.Of(get((T)instance));

    public override CelField As(string name) => new BoolField<T>(name, get, Presence);

    public override Node OfVariable(int offset, CelVariable variable) => new BoolFieldNode<T>(offset, variable, Name, get);
}

internal sealed class ValueField<T>(string name, CelType type, Func<T, CelValue> get, Func<T, bool>? isSet) : CelField<T>(name, type, isSet)
    where T : CelObject
{
    public override CelValue Value(CelObject instance) => get((T)instance);

    public override CelField As(string name) => new ValueField<T>(name, Type, get, Presence);

    public override Node OfVariable(int offset, CelVariable variable) => new ValueFieldNode<T>(offset, variable, Name, get);
}
