// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Platform;

/// <summary>Says which of a set of open files were written to, or closed by a writer, since it was asked last. Source: inotify(7).</summary>
/// <remarks>Asking never waits. Any thread adds; one at a time asks.</remarks>
public sealed class WriteWatch : IDisposable
{
    // Source: struct inotify_event: s32 watch, u32 mask, u32 cookie, u32 length of the name.
    private const int HeaderSize = 16;
    private const int MaskOffset = 4;
    private const int LengthOffset = 12;
    private const uint Overflow = 0x4000;
    private const uint Ended = 0x8000;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer = new byte[16 << 10];

    /// <exception cref="BpfException">EMFILE: the user has as many as the machine allows.</exception>
    public WriteWatch()
    {
        _handle = NativeMethods.CreateWatch();
        if (_handle.IsInvalid)
        {
            throw NativeError.Last("create watch of files");
        }
    }

    /// <param name="number">By which the file is told of; the same file has the same.</param>
    /// <returns>0, or the errno: ENOSPC when the user watches as much as the machine allows.</returns>
    public int TryAdd(SafeFileHandle file, out int number)
    {
        number = NativeMethods.AddToWatch(_handle, file);
        return number >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>What is not watched any more is no error: the file may be gone.</summary>
    public void Remove(int number) => NativeError.Try(NativeMethods.RemoveFromWatch(_handle, number), Errno.Invalid, "end watch of file");

    /// <param name="written">Called for each file that was written to.</param>
    /// <param name="ended">Called for each that is watched no longer, since its inode is gone.</param>
    /// <returns>False: more happened than the kernel keeps, so any of the files may have been written to.</returns>
    public bool Read(Action<int> written, Action<int> ended)
    {
        ArgumentNullException.ThrowIfNull(written);
        ArgumentNullException.ThrowIfNull(ended);
        bool isWhole = true;
        while (KernelFiles.Read(_handle, _buffer) is > 0 and int length)
        {
            for (ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length); rest.Length >= HeaderSize; rest = rest[(HeaderSize + BinaryPrimitives.ReadInt32LittleEndian(rest[LengthOffset..]))..])
            {
                uint mask = BinaryPrimitives.ReadUInt32LittleEndian(rest[MaskOffset..]);
                isWhole &= (mask & Overflow) == 0;
                int number = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if ((mask & Ended) != 0)
                {
                    ended(number);
                }
                else if (number >= 0)
                {
                    written(number);
                }
            }
        }

        return isWhole;
    }

    public void Dispose() => _handle.Dispose();
}
