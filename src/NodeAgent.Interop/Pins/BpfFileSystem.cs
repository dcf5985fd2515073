// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Pins;

/// <summary>The file system that holds pins.</summary>
public static class BpfFileSystem
{
    /// <returns>Whether an existing path lies in a bpffs; false when it does not exist.</returns>
    public static bool Contains(string path)
    {
        int result = NativeMethods.IsBpfFileSystem(path);
        if (result < 0 && Marshal.GetLastPInvokeError() is not (Errno.NoEntry or Errno.NotDirectory))
        {
            throw NativeError.Last("look at", path);
        }

        return result > 0;
    }

    /// <summary>Mounts one, with mode 0700.</summary>
    public static void Mount(string directory) => NativeError.Check(NativeMethods.MountBpfFileSystem(directory), "mount a bpffs at", directory);
}
