// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Handles;

/// <summary>A <c>struct bpf_object</c>. Programs, maps and links hold a reference each: it closes after the last of them.</summary>
internal sealed class ObjectHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public ObjectHandle()
        : base(ownsHandle: true)
    {
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.CloseObject(handle);
        return true;
    }
}
