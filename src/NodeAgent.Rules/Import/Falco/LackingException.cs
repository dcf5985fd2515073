// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import.Falco;

/// <summary>Names what a comparison needs and we have not.</summary>
internal sealed class LackingException(string what) : Exception(what)
{
    public LackingException(FalcoCheck check)
        : this($"operator {check.Operator} of {check.Field}")
    {
    }
}
