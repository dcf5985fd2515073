// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Errors;

/// <summary>The one place where an errno becomes an exception.</summary>
internal static class NativeError
{
    // Source: enum libbpf_errno.
    private const int FirstLibbpfError = 4000;

    private static readonly string[] LibbpfErrors =
    [
        "LIBELF", "FORMAT", "KVERSION", "ENDIAN", "INTERNAL", "RELOC", "LOAD", "VERIFY", "PROG2BIG", "KVER", "PROGTYPE", "WRNGPID",
        "INVSEQ", "NLPARSE",
    ];

    /// <summary>The exception for the failed call just made on this thread.</summary>
    internal static BpfException Last(string operation, string? program = null, string? verifierLog = null) =>
        From(Marshal.GetLastPInvokeError(), operation, program, verifierLog);

    internal static BpfException From(int error, string operation, string? program = null, string? verifierLog = null) =>
        new(error, Name(error), operation, program, verifierLog);

    /// <param name="result">Result of a native call; negative = failed.</param>
    internal static int Check(int result, string operation, string? program = null) =>
        result < 0 ? throw Last(operation, program) : result;

    /// <returns>False when the call failed in the one way that the caller counts with.</returns>
    internal static bool Try(int result, int expected, string operation, string? program = null)
    {
        if (result >= 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == expected ? false : throw Last(operation, program);
    }

    internal static unsafe string Name(int error)
    {
        string name = NativeText.Copy(NativeMethods.GetErrorName(error));
        if (name.Length > 0)
        {
            return name;
        }

        int own = error - FirstLibbpfError;
        if (own >= 0 && own < LibbpfErrors.Length)
        {
            return LibbpfErrors[own];
        }

        // The kernel's internal ENOTSUPP, which bpf(2) lets out.
        return error == Errno.NotSupported ? "ENOTSUPP" : $"error {error}";
    }
}
