// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Handles;
using NodeAgent.Interop.Logging;
using NodeAgent.Interop.Native;

namespace NodeAgent.Interop.Objects;

/// <summary>An opened BPF object file: configure its maps and programs, load it once, attach its programs.</summary>
/// <remarks>Not thread-safe. Disposing it releases programs and maps that no link holds.</remarks>
public sealed class BpfObject : IDisposable
{
    private readonly ObjectHandle _handle;

    private BpfObject(ObjectHandle handle, string name, string digest)
    {
        _handle = handle;
        Name = name;
        Digest = digest;
        Maps = Collect(NativeMethods.NextMap, value => new BpfMap(new MapHandle(handle, value)));
        Programs = Collect(NativeMethods.NextProgram, value => new BpfProgram(handle, new ProgramHandle(handle, value)));
    }

    public string Name { get; }

    /// <summary>Shape: 64 hex digits, SHA-256 of the file.</summary>
    public string Digest { get; }

    public IReadOnlyList<BpfMap> Maps { get; }

    public IReadOnlyList<BpfProgram> Programs { get; }

    /// <param name="elf">An ELF file as clang writes it; copied.</param>
    /// <param name="name">Names it in errors and in the kernel's map names.</param>
    /// <exception cref="BpfException">It is no BPF object.</exception>
    public static BpfObject Open(ReadOnlySpan<byte> elf, string name)
    {
        LibbpfLog.BeginCapture();
        ObjectHandle handle = NativeMethods.OpenObject(elf, (ulong)elf.Length, name);
        int error = Marshal.GetLastPInvokeError();
        string log = LibbpfLog.EndCapture();
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw NativeError.From(error, "open object", name, log);
        }

        return new BpfObject(handle, name, Convert.ToHexStringLower(SHA256.HashData(elf)));
    }

    public BpfMap? FindMap(string name) => Maps.FirstOrDefault(map => map.Name == name);

    public BpfProgram? FindProgram(string name) => Programs.FirstOrDefault(program => program.Name == name);

    /// <summary>Sets a <c>const volatile</c> variable; before <see cref="Load"/>.</summary>
    /// <returns>False when the object has no such variable.</returns>
    /// <exception cref="BpfException">It has another size.</exception>
    public bool TrySetConstant<T>(string variable, T value)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        int result = NativeMethods.SetRodata(_handle, variable, bytes, (uint)bytes.Length);
        return NativeError.Try(result, Errno.NoEntry, "set constant", variable);
    }

    /// <summary>Creates the maps and loads each program whose autoload is on: all or none.</summary>
    /// <exception cref="BpfException">With the log of the program that the verifier refused, or libbpf's warnings.</exception>
    public void Load()
    {
        using var logs = new ProgramLogs(Programs);
        LibbpfLog.BeginCapture();
        int result = NativeMethods.LoadObject(_handle);
        int error = Marshal.GetLastPInvokeError();
        string warnings = LibbpfLog.EndCapture();
        if (result >= 0)
        {
            return;
        }

        (string? program, string? log) = logs.Refused();
        throw NativeError.From(error, "load", program ?? LibbpfWarnings.Program(warnings) ?? Name, log ?? LibbpfWarnings.Essence(warnings));
    }

    /// <summary>The object's own types; valid while the object is open.</summary>
    public BtfTypes OpenTypes()
    {
        nint btf = NativeMethods.GetObjectBtf(_handle);
        return btf == 0
            ? throw NativeError.From(Errno.NoEntry, "read BTF of", Name)
            : new BtfTypes(new BtfHandle(_handle, btf));
    }

    public void Dispose()
    {
        foreach (BpfMap map in Maps)
        {
            map.Dispose();
        }

        foreach (BpfProgram program in Programs)
        {
            program.Dispose();
        }

        _handle.Dispose();
    }

    private List<T> Collect<T>(Func<ObjectHandle, nint, nint> next, Func<nint, T> make)
    {
        var found = new List<T>();
        for (nint at = next(_handle, 0); at != 0; at = next(_handle, at))
        {
            found.Add(make(at));
        }

        return found;
    }
}
