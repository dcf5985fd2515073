// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Snapshots;

/// <summary>Walks all processes in the kernel (<c>iter/task</c>) and decodes one record for each.</summary>
/// <remarks>Shape of the stream: <c>struct na_exec</c> (kind TASK) with its tail, one after the other, unpadded.</remarks>
internal sealed class ProcessSnapshot : IDisposable
{
    // The longest record: three strings of at most 64 KiB each cannot pass this, and a longer tail is a broken stream.
    private const int BufferSizeBytes = 1 << 18;

    private readonly BpfObject _object;
    private readonly BpfLink _link;
    private readonly byte[] _buffer = new byte[BufferSizeBytes];

    private ProcessSnapshot(BpfObject loaded, BpfLink link)
    {
        _object = loaded;
        _link = link;
    }

    internal BpfObject Object => _object;

    /// <summary>Loads the first iterator that this kernel accepts, in the order of the object file.</summary>
    internal static ProcessSnapshot Load(Func<string, BpfObject> open, SharedMaps maps)
    {
        string[] names;
        using (BpfObject listing = open("iter"))
        {
            names = [.. listing.Programs.Where(program => program.IsIterator).Select(program => program.Name)];
        }

        for (int at = 0; at < names.Length - 1; at++)
        {
            try
            {
                return Load(open, maps, names[at]);
            }
            catch (BpfException)
            {
                // An older kernel: the next one asks for less. The last one's failure is the caller's.
            }
        }

        return names.Length > 0
            ? Load(open, maps, names[^1])
            : throw new InvalidOperationException("object iter has no iterator");
    }

    private static ProcessSnapshot Load(Func<string, BpfObject> open, SharedMaps maps, string name)
    {
        BpfObject target = open("iter");
        try
        {
            foreach (BpfProgram program in target.Programs)
            {
                program.Enable(program.Name == name);
            }

            maps.ShareWith(target);
            target.Load();
            return new ProcessSnapshot(target, target.FindProgram(name)!.Attach());
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <returns>How many processes were decoded.</returns>
    internal int Run<THandler>(EventDecoder decoder, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        using SafeFileHandle walk = _link.OpenIterator();
        int filled = 0;
        int decoded = 0;
        while (true)
        {
            int read = KernelFiles.Read(walk, _buffer.AsSpan(filled));
            if (read == 0)
            {
                break;
            }

            filled += Math.Max(read, 0);
            int used = DecodeAll(_buffer.AsSpan(0, filled), decoder, ref handler, ref decoded);
            _buffer.AsSpan(used, filled - used).CopyTo(_buffer);
            filled -= used;
        }

        if (filled > 0)
        {
            decoder.Decode(_buffer.AsSpan(0, filled), ref handler); // a cut record: it counts as malformed
        }

        return decoded;
    }

    public void Dispose()
    {
        _link.Dispose();
        _object.Dispose();
    }

    /// <returns>How many bytes were whole records; all of them when the stream is beyond repair.</returns>
    internal static int DecodeAll<THandler>(
        ReadOnlySpan<byte> bytes, EventDecoder decoder, ref THandler handler, ref int decoded)
        where THandler : IRecordHandler, allows ref struct
    {
        int used = 0;
        int fixedSize = Unsafe.SizeOf<ExecRecord>();
        while (bytes.Length - used >= fixedSize)
        {
            ReadOnlySpan<byte> rest = bytes[used..];
            ulong length = (ulong)fixedSize + MemoryMarshal.Read<HeaderRecord>(rest).TailSize;
            if (length > BufferSizeBytes)
            {
                decoder.Decode(rest[..fixedSize], ref handler); // counts as a bad tail
                return bytes.Length;
            }

            if (length > (ulong)rest.Length)
            {
                break;
            }

            decoded += decoder.Decode(rest[..(int)length], ref handler) == DecodeResult.Ok ? 1 : 0;
            used += (int)length;
        }

        return used;
    }
}
