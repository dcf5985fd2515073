// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipes;
using System.Text;
using NodeAgent.Export.Sinks;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Sinks;

public sealed class StreamSinkTests
{
    [Theory]
    [InlineData("new\nline\r\n")]
    [InlineData("quote\" and back\\slash")]
    [InlineData("\u001b[31mred\u001b]0;title\u0007")]
    [InlineData("separators \u2028 \u2029 \u0085 end")]
    [InlineData("bidi \u202e and bom \ufeff")]
    [InlineData("nul \0 and lone \ud800")]
    [InlineData("}]}]}\n{\"kind\":\"RuntimeAlerts\"}")]
    public async Task Write_HostileText_StaysOnePrintableLine(string hostile)
    {
        using var stream = new MemoryStream();
        await using var sink = new StreamSink("test", () => stream);
        await sink.WriteAsync(Alerts.Message(hostile), CancellationToken.None);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain(text[..^1], c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202e' or '\ufeff');
        Assert.Equal(hostile.Replace('\ud800', '\ufffd'), Alerts.MessageOf(text));
    }

    [Fact]
    public async Task Write_PartialWriteThenError_TearsOneLineOnly()
    {
        using var stream = new TearingStream();
        await using var sink = new StreamSink("test", () => stream);
        await sink.WriteAsync(Alerts.Message("first"), CancellationToken.None);
        stream.FailAfterBytes = 10;
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Alerts.Message("torn"), CancellationToken.None));
        stream.FailAfterBytes = null;
        await sink.WriteAsync(Alerts.Message("third"), CancellationToken.None);
        string[] lines = Encoding.UTF8.GetString(stream.Written).TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Equal(("first", "third"), (Alerts.MessageOf(lines[0]), Alerts.MessageOf(lines[2])));
    }

    [Fact]
    public async Task Write_ReaderIsGone_ThrowsSoThatItIsCounted()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var sink = new StreamSink("test", () => pipe);
        pipe.DisposeLocalCopyOfClientHandle();
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Alerts.Message(), CancellationToken.None));
    }

    [Fact]
    public async Task Write_CannotOpen_ThrowsIoAndTriesAgain()
    {
        int attempts = 0;
        using var stream = new MemoryStream();
        await using var sink = new StreamSink("test", () => attempts++ == 0 ? throw new ArgumentException("bad descriptor") : stream);
        await Assert.ThrowsAsync<IOException>(async () => await sink.WriteAsync(Alerts.Message(), CancellationToken.None));
        await sink.WriteAsync(Alerts.Message(), CancellationToken.None);
        Assert.True(stream.Length > 0);
    }

    private sealed class TearingStream : MemoryStream
    {
        public int? FailAfterBytes { get; set; }

        public byte[] Written => ToArray();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (FailAfterBytes is { } limit)
            {
                Write(buffer.Span[..limit]);
                throw new IOException("Resource temporarily unavailable");
            }

            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
