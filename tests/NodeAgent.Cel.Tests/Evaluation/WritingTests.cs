// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Evaluation;

/// <summary>Texts that are written part by part are those that would be put together.</summary>
public sealed class WritingTests
{
    private static readonly CelEnvironment Environment = HostEvent.Builder(out Event).Build();
    private static readonly CelVariable Event;

    private readonly HostEvent _event = new();
    private readonly CelContext _context = Environment.CreateContext();

    public WritingTests() => _context.Set(Event, CelValue.Of(_event));

    [Theory]
    [InlineData("event.comm")]
    [InlineData("event.comm + '_' + string(event.pid) + '_' + string(event.inode)")]
    [InlineData("(event.upper ? 'up ' + event.comm : 'down') + '!'")]
    [InlineData("string(-9223372036854775808) + string(0) + string(18446744073709551615u)")]
    [InlineData("event.args.join(',') + string(event.load) + string(true)")]
    [InlineData("'' + ''")]
    public void TryWrite_Text_IsWhatTryEvaluateGives(string text)
    {
        CelProgram program = Environment.Compile(text, CelType.String);
        var written = new ArrayBufferWriter<byte>();

        Assert.True(program.TryWrite(_context, written));
        Assert.True(program.TryEvaluate(_context, out CelValue value));
        Assert.Equal(value.Text.ToString(), Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Fact]
    public void TryWrite_PartThatFails_IsAnErrorWithItsPlace()
    {
        CelProgram program = Environment.Compile("event.comm + event.args[9] + event.comm", CelType.String);
        var written = new ArrayBufferWriter<byte>();

        Assert.False(program.TryWrite(_context, written));
        Assert.Equal(CelFault.IndexOutOfRange, program.DescribeError(_context).Fault);
        Assert.Equal("sh", Encoding.UTF8.GetString(written.WrittenSpan));
    }

    [Fact]
    public void TryWrite_FieldsAndNumbers_AllocatesNothing()
    {
        CelProgram program = Environment.Compile("event.comm + '_' + string(event.pid)", CelType.String);
        var written = new ArrayBufferWriter<byte>(64);
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                written.ResetWrittenCount();
                program.TryWrite(_context, written);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
