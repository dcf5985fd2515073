// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Handles;

/// <summary>A <c>struct btf</c> of its own memory: the kernel's types.</summary>
internal sealed class KernelBtfHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public KernelBtfHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.FreeKernelBtf(handle);
        return true;
    }
}
