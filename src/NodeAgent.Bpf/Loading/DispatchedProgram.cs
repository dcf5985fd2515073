// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>A program that <see cref="HookDispatch"/> goes on with.</summary>
internal sealed class DispatchedProgram : IAttachedProgram
{
    private readonly KernelMap _programs;
    private readonly KernelProgram _program;
    private readonly uint _place;
    private bool _pinned;

    private DispatchedProgram(HookDispatch dispatch, KernelMap programs, uint place, KernelProgram program)
    {
        Dispatch = dispatch;
        _programs = programs;
        _program = program;
        _place = place;
    }

    public string Program => _program.Name;

    /// <summary>What goes on with it.</summary>
    internal HookDispatch Dispatch { get; }

    /// <param name="programs">Stays the caller's, and open for as long as the result.</param>
    internal static DispatchedProgram Start(HookDispatch dispatch, KernelMap programs, uint place, BpfProgram program)
    {
        KernelProgram kept = program.OpenKernelProgram();
        try
        {
            programs.UpdateProgram(place, kept);
            return new DispatchedProgram(dispatch, programs, place, kept);
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>The place keeps the program; the pin tells the next agent that it is there.</summary>
    public void Pin(string path)
    {
        _program.Pin(path);
        _pinned = true;
    }

    public void Unpin() => _pinned = false;

    public void Dispose()
    {
        if (!_pinned)
        {
            _programs.TryRemoveProgram(_place);
        }

        _program.Dispose();
    }
}
