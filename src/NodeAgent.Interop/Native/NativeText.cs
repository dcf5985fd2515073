// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;

namespace NodeAgent.Interop.Native;

/// <summary>C strings that the native side owns.</summary>
internal static unsafe class NativeText
{
    internal static string Copy(byte* text) =>
        text is null ? string.Empty : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    /// <param name="text">Shape: NUL padded; not NUL-ended when full.</param>
    internal static string Copy(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
