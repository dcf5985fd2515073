// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Checking;

/// <summary>One signature of a function with what it does.</summary>
internal sealed class Overload
{
    public required string Function { get; init; }

    /// <summary>Called as <c>a.f(b)</c>; the receiver is the first parameter.</summary>
    public bool IsMember { get; init; }

    public required CelType[] Parameters { get; init; }

    public required CelType Result { get; init; }

    public required CelImplementation Implementation { get; init; }

    public CelFunctionTraits Traits { get; init; }

    /// <summary>The same without values around the strings, of those that ask one thing of two strings.</summary>
    public CelTest? Test { get; init; }

    /// <summary>Values whose kinds do not fit the parameters never reach the implementation.</summary>
    public bool Accepts(ReadOnlySpan<Values.CelValue> arguments)
    {
        if (arguments.Length != Parameters.Length)
        {
            return false;
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (!RuntimeTypes.Fits(arguments[i], Parameters[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString()
    {
        string name = Syntax.Operators.Display(Function);
        return IsMember
            ? $"{Parameters[0]}.{name}({string.Join(", ", Parameters.Skip(1))})"
            : Syntax.Operators.TryGetBinary(Function, out _) ? $"{Parameters[0]} {name} {Parameters[1]}"
            : $"{name}({string.Join(", ", Parameters.AsEnumerable())})";
    }
}
