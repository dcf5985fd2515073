// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Syscalls;
using NodeAgent.TestSupport;
using NodeAgent.TestSupport.Syscalls;

namespace NodeAgent.Events.Tests.Syscalls;

public sealed class SyscallNamesTests
{
    // From here on all architectures share their numbers.
    private const int Unified = 424;

    // Debian 12's headers end at 450; these came later and have the numbers of one architecture only.
    private static readonly string[] OnlyX64 = ["uretprobe", "uprobe"];

    public static TheoryData<SyscallAbi> Abis => [.. Enum.GetValues<SyscallAbi>()];

    [Theory]
    [MemberData(nameof(Abis))]
    public void Find_EveryCallOfTheHeaders_HasItsName(SyscallAbi abi)
    {
        IReadOnlyDictionary<string, int> headers = Headers(abi);
        Assert.True(headers.Count > 300, $"{headers.Count} calls in the headers of {abi}");
        Assert.All(headers, call => Assert.Equal(call.Key, SyscallNames.Find(abi, call.Value)));
        Assert.All(headers, call => Assert.Equal(call.Value, SyscallNames.NumberOf(abi, call.Key)));
    }

    [Theory]
    [MemberData(nameof(Abis))]
    public void Find_CallsThatTheHeadersLack_AreNewerAndTheSameEverywhere(SyscallAbi abi)
    {
        IReadOnlyDictionary<string, int> headers = Headers(abi);
        int last = headers.Values.Max();
        int[] known = [.. headers.Values.Concat(abi == SyscallAbi.X64 ? X32().Values : [])];
        foreach (int number in Enumerable.Range(0, SyscallNames.NumberLimit).Except(known))
        {
            if (SyscallNames.Find(abi, number) is string name && !OnlyX64.Contains(name))
            {
                Assert.True(number > last && number >= Unified, $"{abi} {number} {name} is in no header");
                Assert.All(Enum.GetValues<SyscallAbi>(), other => Assert.Equal(name, SyscallNames.Find(other, number)));
            }
        }
    }

    [Fact]
    public void Find_X32Numbers_HaveTheirNames() =>
        Assert.All(X32(), call => Assert.Equal(call.Key, SyscallNames.Find(SyscallAbi.X64, call.Value)));

    [Theory]
    [InlineData(SyscallAbi.X64, 59, "execve")]
    [InlineData(SyscallAbi.X64, 520, "execve")]
    [InlineData(SyscallAbi.I386, 11, "execve")]
    [InlineData(SyscallAbi.Arm64, 221, "execve")]
    [InlineData(SyscallAbi.Arm, 11, "execve")]
    [InlineData(SyscallAbi.Arm64, 469, "file_setattr")]
    [InlineData(SyscallAbi.X64, 1000, "syscall_1000")]
    [InlineData(SyscallAbi.X64, 1024, "syscall_unknown")]
    [InlineData(SyscallAbi.X64, -1, "syscall_unknown")]
    [InlineData(SyscallAbi.Arm64, int.MaxValue, "syscall_unknown")]
    public void Of_AnyNumber_IsAName(SyscallAbi abi, int number, string name) => Assert.Equal(name, SyscallNames.Of(abi, number));

    [Theory]
    [InlineData("execve", 59)] // not x32's 520
    [InlineData("syscall_1000", 1000)]
    [InlineData("syscall_1024", -1)]
    [InlineData("syscall_-1", -1)]
    [InlineData("syscall_", -1)]
    [InlineData("EXECVE", -1)]
    [InlineData("", -1)]
    public void NumberOf_Names_IsTheirNumberOrNone(string name, int number) =>
        Assert.Equal(number, SyscallNames.NumberOf(SyscallAbi.X64, name));

    [Fact]
    public void Lookups_Warm_AllocateNothing()
    {
        _ = SyscallNames.Of(SyscallNames.Native, 1000);
        string found = string.Empty;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int number = 0; number < SyscallNames.NumberLimit; number += 100)
            {
                found = SyscallNames.Of(SyscallNames.Native, number);
                _ = SyscallNames.NumberOf(SyscallNames.Compat, found);
            }
        }) - Allocations.Least(static () => { }));
        Assert.NotEmpty(found);
    }

    private static IReadOnlyDictionary<string, int> Headers(SyscallAbi abi) => Required(SyscallHeaders.Read(abi));

    private static IReadOnlyDictionary<string, int> X32() => Required(SyscallHeaders.ReadX32());

    private static IReadOnlyDictionary<string, int> Required(IReadOnlyDictionary<string, int>? headers)
    {
        Assert.SkipWhen(headers is null, $"the kernel's headers are not installed: {SyscallHeaders.Packages}");
        return headers;
    }
}
