// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>A program in the <see cref="ExitChain"/>.</summary>
internal sealed class ChainedProgram : IAttachedProgram
{
    private readonly KernelMap _places;
    private readonly KernelProgram _program;
    private readonly uint _step;
    private bool _pinned;

    private ChainedProgram(ExitChain chain, KernelMap places, uint step, KernelProgram program)
    {
        Chain = chain;
        _places = places;
        _program = program;
        _step = step;
    }

    public string Program => _program.Name;

    /// <summary>What it runs in.</summary>
    internal ExitChain Chain { get; }

    /// <param name="places">The map of the chain's programs; stays the caller's, and open for as long as the result.</param>
    internal static ChainedProgram Start(ExitChain chain, KernelMap places, uint step, BpfProgram program)
    {
        KernelProgram kept = program.OpenKernelProgram();
        try
        {
            places.UpdateProgram(step, kept);
            return new ChainedProgram(chain, places, step, kept);
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
            uint step = _step;
            _places.TryDelete(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in step)));
        }

        _program.Dispose();
    }
}
