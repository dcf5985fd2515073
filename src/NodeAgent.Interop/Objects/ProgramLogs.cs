// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;

namespace NodeAgent.Interop.Objects;

/// <summary>A verifier log buffer for each program of an object, for the time of one load.</summary>
internal sealed unsafe class ProgramLogs : IDisposable
{
    // Long enough for the whole log of a refused program of ours. It is reserved, not touched: only a refused program writes.
    private const int BufferSizeBytes = 4 << 20;

    private readonly List<(BpfProgram Program, nint Buffer)> _buffers = [];

    internal ProgramLogs(IReadOnlyList<BpfProgram> programs)
    {
        foreach (BpfProgram program in programs)
        {
            if (program.IsEnabled)
            {
                byte* buffer = (byte*)NativeMemory.AllocZeroed(BufferSizeBytes);
                _buffers.Add((program, (nint)buffer));

                // Level 0: libbpf asks for a log only after a refusal, by a second try at level 1.
                program.SetLogBuffer(buffer, BufferSizeBytes, level: 0);
            }
        }
    }

    /// <returns>The program that was refused, with its log; nulls when none got as far as the verifier.</returns>
    internal (string? Program, string? Log) Refused()
    {
        foreach ((BpfProgram program, nint buffer) in _buffers)
        {
            ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)buffer);
            if (!text.IsEmpty)
            {
                return (program.Name, Encoding.UTF8.GetString(text));
            }
        }

        return (null, null);
    }

    public void Dispose()
    {
        // libbpf keeps the pointers but reads them during a load only, and an object loads once.
        foreach ((_, nint buffer) in _buffers)
        {
            NativeMemory.Free((void*)buffer);
        }
    }
}
