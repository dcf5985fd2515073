// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Handles;

/// <summary>A pointer into something that belongs to an object: keeps the object open while it lives.</summary>
internal abstract class ChildHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly ObjectHandle _parent;
    private readonly bool _referenced;

    protected ChildHandle(ObjectHandle parent, nint value)
        : base(ownsHandle: true)
    {
        _parent = parent;
        parent.DangerousAddRef(ref _referenced);
        SetHandle(value);
    }

    protected override bool ReleaseHandle()
    {
        if (_referenced)
        {
            _parent.DangerousRelease();
        }

        return true;
    }
}

/// <summary>A <c>struct bpf_program</c>: memory of its object.</summary>
internal sealed class ProgramHandle(ObjectHandle parent, nint value) : ChildHandle(parent, value);

/// <summary>A <c>struct bpf_map</c>: memory of its object.</summary>
internal sealed class MapHandle(ObjectHandle parent, nint value) : ChildHandle(parent, value);

/// <summary>A <c>struct btf</c> of an object: memory of its object.</summary>
internal sealed class BtfHandle(ObjectHandle parent, nint value) : ChildHandle(parent, value);

/// <summary>A <c>struct bpf_link</c>: the program runs while it lives.</summary>
internal sealed class LinkHandle(ObjectHandle parent, nint value) : ChildHandle(parent, value)
{
    protected override bool ReleaseHandle()
    {
        int result = NativeMethods.DestroyLink(handle);
        return base.ReleaseHandle() && result == 0;
    }
}
