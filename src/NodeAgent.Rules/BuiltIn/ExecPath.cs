// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>Questions about paths that several rules ask.</summary>
internal static class ExecPath
{
    /// <summary>The executable: as the kernel resolved it, else what the caller named, else the comm.</summary>
    public static ReadOnlySpan<byte> Of(in ExecEvent exec)
    {
        ReadOnlySpan<byte> exe = exec.Exe;
        if (!exe.IsEmpty)
        {
            return exe;
        }

        ReadOnlySpan<byte> first = FirstArgument(exec);
        return first.StartsWith("/"u8) ? first : Comm(in exec.Record.Header);
    }

    public static ReadOnlySpan<byte> FirstArgument(in ExecEvent exec)
    {
        ReadOnlySpan<byte> argv = exec.Argv;
        int end = argv.IndexOf((byte)0);
        return end < 0 ? argv : argv[..end];
    }

    public static ReadOnlySpan<byte> Comm(ref readonly HeaderRecord header)
    {
        ReadOnlySpan<byte> comm = header.Comm;
        int end = comm.IndexOf((byte)0);
        return end < 0 ? comm : comm[..end];
    }

    /// <summary>True for the folder itself and everything below it, false for names that only start like it.</summary>
    public static bool IsUnder(ReadOnlySpan<byte> path, ReadOnlySpan<byte> folder) =>
        path.StartsWith(folder) && (path.Length == folder.Length || path[folder.Length] == (byte)'/');

    public static ReadOnlySpan<char> FileName(string path) => path.AsSpan(path.LastIndexOf('/') + 1);

    public static string Text(ReadOnlySpan<byte> bytes) => ByteText.Decode(bytes);
}
