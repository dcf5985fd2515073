// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Errors of evaluations as sentences; made only when somebody asks.</summary>
internal static class FaultMessages
{
    public static string Of(CelFault fault, in CelValue detail, string? text, CelLimits limits)
    {
        string about = detail.Kind == CelKind.None ? "" : $" {CelFormat.Of(detail)}";
        string message = fault switch
        {
            CelFault.Unbound => "the variable has no value",
            CelFault.NoSuchOverload => "no overload takes values of these types",
            CelFault.NoSuchField => $"no such field{about}",
            CelFault.NoSuchKey => $"no such key{about}",
            CelFault.IndexOutOfRange => $"index out of range{about}",
            CelFault.DivisionByZero => "division by zero",
            CelFault.ModulusByZero => "modulus by zero",
            CelFault.Overflow => "the result is outside of the range of its type",
            CelFault.OutOfRange => $"value out of range{about}",
            CelFault.BadConversion => $"cannot convert{about}",
            CelFault.BadArgument => $"invalid argument{about}",
            CelFault.BadPattern => $"invalid regular expression{about}",
            CelFault.DuplicateKey => $"the key{about} occurs twice",
            CelFault.UnsupportedKey => $"a map cannot have the key{about}",
            CelFault.OptionalIsEmpty => "the optional value is empty",
            CelFault.CostLimit => $"the evaluation took more than {limits.MaxCost:N0} steps",
            CelFault.SizeLimit => $"the evaluation made more than {limits.MaxResultBytes:N0} bytes of values",
            _ => "the function failed",
        };
        return text is null ? message : $"{message}: {text}";
    }
}
