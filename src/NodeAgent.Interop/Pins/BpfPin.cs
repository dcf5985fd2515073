// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Pins;

/// <summary>Pins of maps, programs and links: names in a bpffs that keep them alive without a process.</summary>
public static class BpfPin
{
    /// <exception cref="BpfException">There is no pin (ENOENT), or the path is none (EACCES, EPERM, EINVAL).</exception>
    public static PinKind KindOf(string path)
    {
        using SafeFileHandle handle = Open(path);
        return KindOf(handle);
    }

    internal static SafeFileHandle Open(string path, PinKind expected)
    {
        SafeFileHandle handle = Open(path);
        PinKind kind = KindOf(handle);
        if (kind != expected)
        {
            handle.Dispose();
            throw NativeError.From(Errno.Invalid, $"open pinned {Name(expected)}", $"{path} (it is a {Name(kind)})");
        }

        return handle;
    }

    private static SafeFileHandle Open(string path)
    {
        SafeFileHandle handle = NativeMethods.OpenPin(path);
        return handle.IsInvalid ? throw NativeError.Last("open pin", path) : handle;
    }

    private static PinKind KindOf(SafeFileHandle handle) => (PinKind)NativeError.Check(NativeMethods.GetPinKind(handle), "find kind of pin");

    private static string Name(PinKind kind) => kind switch
    {
        PinKind.Map => "map",
        PinKind.Program => "program",
        PinKind.Link => "link",
        _ => "thing of another kind",
    };
}
