// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Syscalls;

namespace NodeAgent.Rules.Expressions;

/// <summary>Names of system calls as texts, each made once.</summary>
internal sealed class SyscallTexts(SyscallAbi abi)
{
    private readonly CelText[] _names = new CelText[SyscallNames.NumberLimit];
    private readonly CelText _unknown = CelText.Of(SyscallNames.Of(abi, SyscallNames.NumberLimit));

    public CelText Of(uint number)
    {
        if (number >= (uint)_names.Length)
        {
            return _unknown;
        }

        ref CelText name = ref _names[number];
        return name.Length > 0 ? name : name = CelText.Of(SyscallNames.Of(abi, (int)number));
    }
}
