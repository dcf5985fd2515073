// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Evaluation;

public sealed class HostTests
{
    private static readonly CelEnvironment Environment = HostEvent.Builder(out Event)
        .Function("cp.was_executed", (_, id, path) => id == CelText.Of("c1") && path == CelText.Of("/bin/sh"))
        .Function("fail", CelType.Bool, [CelType.String], (c, a) => c.Fail(CelFault.Host, $"no {a[0].Text}"))
        .Member("hasPrefixOf", CelType.Bool, [CelType.List(CelType.String), CelType.String], (_, a) => CelValue.Of(a[0].List.Count > 0 && a[1].Text.Span.StartsWith(a[0].List[0].Text.Span)))
        .Build();

    private static readonly CelVariable Event;

    private readonly HostEvent _event = new();
    private readonly CelContext _context = Environment.CreateContext();

    public HostTests() => _context.Set(Event, CelValue.Of(_event));

    [Theory]
    [InlineData("event.comm == 'sh' && event.name == 'sh' && 'sh' == event.comm")]
    [InlineData("event.pid == 42 && event.pid > 1 && event.pid in [1, 42]")]
    [InlineData("event.inode == 18446744073709551615u && event.inode > 1u && event.inode in [18446744073709551615u]")]
    [InlineData("event.upper && event.upper == true && (event.upper ? true : false)")]
    [InlineData("event.load < 1.0 && event.load == 0.5")]
    [InlineData("event.args.exists(a, a == '-c') && event.args[2] == 'id' && size(event.args) == 3 && 'id' in event.args")]
    [InlineData("event.labels.app == 'web' && event.labels['app'] == 'web' && has(event.labels.app) && !has(event.labels.x)")]
    [InlineData("event.started + duration('1s') == timestamp('1970-01-01T00:00:02.5Z')")]
    [InlineData("event.parent.comm == 'bash' && has(event.parent.comm) && event.parent == event.parent")]
    [InlineData("has(event.comm) && has(event.pid)")]
    [InlineData("event.?comm.orValue('') == 'sh' && event.?labels.?x.hasValue() == false")]
    [InlineData("dyn(event).comm == 'sh' && dyn(event).pid == 42 && has(dyn(event).comm)")]
    [InlineData("cp.was_executed('c1', '/bin/' + event.comm)")]
    [InlineData("event.args.hasPrefixOf('shell')")]
    [InlineData("type(event) == type(event) && string(type(event) == int) == 'false'")]
    [InlineData("event.args.map(a, a + '!') == ['sh!', '-c!', 'id!'] && event.args.join(' ') == 'sh -c id'")]
    public void TryEvaluateBool_FieldsAndFunctions_AreRead(string text) => AssertTrue(text);

    [Fact]
    public void TryEvaluateBool_ContentChanges_IsReadAnew()
    {
        CelProgram program = Environment.Compile("event.comm == 'nc' && event.upper || event.pid == 7", CelType.Bool);
        Assert.True(program.TryEvaluateBool(_context, out bool before));
        _event.Comm = CelText.Of("nc");

        Assert.True(program.TryEvaluateBool(_context, out bool after));
        Assert.Equal((false, true), (before, after));
    }

    [Fact]
    public void TryEvaluateBool_FieldThatIsNotSet_IsSeenByHas()
    {
        _event.Comm = default;

        AssertTrue("!has(event.comm) && !event.?comm.hasValue() && event.comm == ''");
    }

    [Theory]
    [InlineData("event.parent.comm == 'bash'", CelFault.NoSuchField, 14)]
    [InlineData("event.args[3] == 'x'", CelFault.IndexOutOfRange, 11)]
    [InlineData("event.labels.x == 'x'", CelFault.NoSuchKey, 14)]
    [InlineData("true && fail('disk')", CelFault.Host, 9)]
    [InlineData("1 / (event.pid - 42) == 1", CelFault.DivisionByZero, 3)]
    public void DescribeError_AfterAnError_TellsWhere(string text, CelFault fault, int column)
    {
        _event.Parent = null;
        CelProgram program = Environment.Compile(text, CelType.Bool);

        Assert.False(program.TryEvaluateBool(_context, out _));
        CelError error = program.DescribeError(_context);
        Assert.Equal((fault, 1, column), (error.Fault, error.Line, error.Column));
    }

    [Fact]
    public void TryEvaluateBool_UnboundAndNullVariable_AreErrors()
    {
        CelProgram program = Environment.Compile("event.comm == 'sh'", CelType.Bool);
        _context.Clear(Event);
        Assert.False(program.TryEvaluateBool(_context, out _));
        Assert.Equal(CelFault.Unbound, program.DescribeError(_context).Fault);

        _context.Set(Event, CelValue.Null);
        Assert.False(program.TryEvaluateBool(_context, out _));
        Assert.Equal(CelFault.NoSuchField, program.DescribeError(_context).Fault);
    }

    [Fact]
    public void TryEvaluateBool_FunctionThatThrows_IsAnErrorAndNothingMore()
    {
        CelEnvironment environment = new CelEnvironmentBuilder().Function("bad", (_, _, _) => throw new InvalidOperationException("inner")).Build();
        CelProgram program = environment.Compile("bad('a', 'b')", CelType.Bool);
        CelContext context = environment.CreateContext();

        Assert.False(program.TryEvaluateBool(context, out _));
        Assert.False(program.TryEvaluate(context, out _));
        CelError error = program.DescribeError(context);
        Assert.Equal(CelFault.Host, error.Fault);
        Assert.Contains("inner", error.Message, StringComparison.Ordinal);
        Assert.Empty(program.Warnings);
    }

    [Fact]
    public void TryEvaluateBool_ListAndMapThatAreNull_AreEmpty()
    {
        (_event.Args, _event.Labels) = (null, null);

        AssertTrue("size(event.args) == 0 && !event.args.exists(a, true) && !('x' in event.labels)");
    }

    [Fact]
    public void Set_ValueOfAnotherType_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => _context.Set(Event, CelValue.Of(1L)));
        Assert.Throws<ArgumentException>(() => _context.Set(Event, CelValue.Of(new HostParent())));
    }

    [Fact]
    public void TryEvaluateBool_BytesThatAreNoUtf8_CompareAsTheyAre()
    {
        _event.Comm = new CelText([0x61, 0xff]);
        AssertTrue("event.comm != 'a\uFFFD' && event.comm.startsWith('a') && size(event.comm) == 2 && event.comm.matches('^a.$') && event.comm.reverse().endsWith('a')");
    }

    [Fact]
    public void TryEvaluateBool_TypicalRules_AllocateNothing()
    {
        CelProgram[] programs =
        [
            Environment.Compile("event.comm == 'sh' && event.args.exists(a, a.startsWith('/tmp')) && !cp.was_executed('c1', event.comm)", CelType.Bool),
            Environment.Compile("event.args[7] == 'x' || event.labels.none == 'y' || event.comm.matches('^(a|b)+$')", CelType.Bool),
            Environment.Compile("event.pid % 2 == 1 || event.comm in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] || event.inode < 3u || event.args.all(a, a.size() > 9)", CelType.Bool),
        ];
        long least = long.MaxValue;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                foreach (CelProgram program in programs)
                {
                    program.TryEvaluateBool(_context, out _);
                }
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    private void AssertTrue(string text)
    {
        CelProgram program = Environment.Compile(text, CelType.Bool);

        Assert.True(program.TryEvaluateBool(_context, out bool value), program.DescribeError(_context).ToString());
        Assert.True(value);
    }
}
