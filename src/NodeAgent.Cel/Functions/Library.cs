// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Functions;

/// <summary>Where the language's own functions are declared: each is pure.</summary>
internal sealed class Library(FunctionTable table)
{
    public void Function(string name, CelType result, CelType[] parameters, CelImplementation implementation) =>
        Add(name, isMember: false, result, parameters, implementation);

    public void Member(string name, CelType result, CelType[] parameters, CelImplementation implementation) =>
        Add(name, isMember: true, result, parameters, implementation);

    private void Add(string name, bool isMember, CelType result, CelType[] parameters, CelImplementation implementation) => table.Add(new Overload
    {
        Function = name,
        IsMember = isMember,
        Parameters = parameters,
        Result = result,
        Implementation = implementation,
        Traits = CelFunctionTraits.Pure,
    });
}
