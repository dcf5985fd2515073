// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;

namespace NodeAgent.Interop.Tests.Errors;

public sealed class NativeErrorTests
{
    [Theory]
    [InlineData(1, "EPERM")]
    [InlineData(2, "ENOENT")]
    [InlineData(11, "EAGAIN")]
    [InlineData(22, "EINVAL")]
    [InlineData(524, "ENOTSUPP")]
    [InlineData(4001, "FORMAT")]
    [InlineData(4999, "error 4999")]
    [InlineData(-1, "error -1")]
    public void Name_Numbers_GivesTheirNames(int error, string name) => Assert.Equal(name, NativeError.Name(error));

    [Fact]
    public void From_WithProgramAndLog_IsOneClearLine()
    {
        BpfException exception = NativeError.From(13, "load", "na_exec", "0: (95) exit\nR0 !read_ok\nprocessed 1 insns\n");
        Assert.Equal("load na_exec: EACCES: R0 !read_ok", exception.Message);
        Assert.Equal((13, "EACCES", "load", "na_exec"), (exception.ErrorNumber, exception.ErrorName, exception.Operation, exception.Program));
        Assert.Contains("processed", exception.VerifierLog, StringComparison.Ordinal);
    }

    [Fact]
    public void From_WithoutProgram_LeavesItOut() => Assert.Equal("create epoll: EMFILE", NativeError.From(24, "create epoll").Message);
}
