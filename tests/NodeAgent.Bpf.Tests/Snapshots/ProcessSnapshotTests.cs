// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Snapshots;
using NodeAgent.Bpf.Tests.Rings;
using NodeAgent.Events.Wire;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Bpf.Tests.Snapshots;

public sealed class ProcessSnapshotTests
{
    private readonly EventDecoder _decoder = new();
    private RecordingHandler _handler = new();
    private int _decoded;

    [Fact]
    public void DecodeAll_StreamCutAnywhere_LeavesTheCutRecordForLater()
    {
        byte[] first = Task(1, "/sbin/init");
        byte[] stream = [.. first, .. Task(2, "/bin/a")];
        for (int length = 0; length < stream.Length; length++)
        {
            int used = ProcessSnapshot.DecodeAll(stream.AsSpan(0, length), _decoder, ref _handler, ref _decoded);
            Assert.Equal(length < first.Length ? 0 : first.Length, used);
        }

        Assert.Equal(stream.Length, ProcessSnapshot.DecodeAll(stream, _decoder, ref _handler, ref _decoded));
        Assert.Equal(0, _decoder.Counters.Malformed);
        Assert.Equal(2u, _handler.Headers[^1].Pid);
    }

    [Fact]
    public void DecodeAll_TailThatNoBufferHolds_EndsTheStreamAndCountsIt()
    {
        byte[] broken = Task(1, "/sbin/init");
        BitConverter.TryWriteBytes(broken.AsSpan(44), uint.MaxValue);
        byte[] stream = [.. broken, .. Task(2, "/bin/a")];
        Assert.Equal(stream.Length, ProcessSnapshot.DecodeAll(stream, _decoder, ref _handler, ref _decoded));
        Assert.Equal((0, 1L), (_decoded, _decoder.Counters[DecodeResult.BadTail]));
        Assert.Empty(_handler.Headers);
    }

    private static byte[] Task(uint pid, string exe) => RecordBuilder.Exec(exe, ["x", "y"], pid: pid, kind: EventKind.Task);
}
