// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using NodeAgent.Events.Syscalls;
using NodeAgent.TestSupport.Syscalls;

namespace NodeAgent.Bpf.Tests.Syscalls;

/// <summary>The rows of bpf/include/syscall.bpf.h against the kernel's headers.</summary>
public sealed partial class SyscallTableTests
{
    private const string None = "_NA";

    // Debian 12's headers end at 450: from there on all architectures share their numbers.
    private const int LastOfOldestHeaders = 450;

    private static readonly string Header = File.ReadAllText(RepositoryFiles.PathOf("bpf/include/syscall.bpf.h"));

    [Theory]
    [InlineData(SyscallAbi.X64, 1)]
    [InlineData(SyscallAbi.I386, 2)]
    [InlineData(SyscallAbi.Arm64, 3)]
    [InlineData(SyscallAbi.Arm, 4)]
    public void Rows_OneConvention_AreTheHeadersNumbers(SyscallAbi abi, int column)
    {
        IReadOnlyDictionary<string, int> headers = Required(SyscallHeaders.Read(abi));
        string[][] rows = Rows("NA_SYSCALLS");
        Assert.True(rows.Length > 100);
        foreach (string[] row in rows)
        {
            string name = HeaderName(row[0], abi);
            string expected = headers.TryGetValue(name, out int number) ? Text(number)
                : IsNewer(row) ? row[1]
                : None;
            Assert.True(expected == row[column], $"{row[0]} is {row[column]}, {abi} has {expected}");
        }
    }

    [Fact]
    public void Rows_WiderCalls_AreTheHeadersNumbers()
    {
        IReadOnlyDictionary<string, int> i386 = Required(SyscallHeaders.Read(SyscallAbi.I386));
        IReadOnlyDictionary<string, int> arm = Required(SyscallHeaders.Read(SyscallAbi.Arm));
        string[] names = [.. Rows("NA_SYSCALLS").Select(row => row[0])];
        Assert.All(Rows("NA_SYSCALLS_32"), row =>
        {
            Assert.Contains(row[0], names);
            Assert.StartsWith(row[0], row[1], StringComparison.Ordinal);
            Assert.Equal((Text(i386[row[1]]), Text(arm[row[1]])), (row[2], row[3]));
        });
        // None that has a wider form is forgotten.
        Assert.Empty(names.SelectMany(name => new[] { name + "32", name + "64", name + "_time64" })
            .Where(wider => i386.ContainsKey(wider)).Except(Rows("NA_SYSCALLS_32").Select(row => row[1])));
    }

    [Fact]
    public void Rows_X32_AreTheHeadersNumbersWhereTheyDiffer()
    {
        IReadOnlyDictionary<string, int> x64 = Required(SyscallHeaders.Read(SyscallAbi.X64));
        IReadOnlyDictionary<string, int> x32 = Required(SyscallHeaders.ReadX32());
        IEnumerable<(string, string)> expected = Rows("NA_SYSCALLS").Select(row => row[0])
            .Where(name => x32.ContainsKey(name) && x32[name] != x64[name]).Select(name => (name, Text(x32[name])));
        Assert.Equal(expected.Order(), Rows("NA_SYSCALLS_X32").Select(row => (row[0], row[1])).Order());
    }

    [Fact]
    public void Rows_AllNumbers_FitTheSlots()
    {
        int slots = int.Parse(Slots().Match(Header).Groups[1].Value, CultureInfo.InvariantCulture);
        int[] numbers = [.. new[] { "NA_SYSCALLS", "NA_SYSCALLS_32", "NA_SYSCALLS_X32" }.SelectMany(Rows)
            .SelectMany(row => row).Where(cell => char.IsAsciiDigit(cell[0])).Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
        Assert.True(numbers.Length > 500);
        Assert.All(numbers, number => Assert.True(number < slots - 1, $"{number} would be the slot of what is missing"));
    }

    // Not in any header of this machine, and in all conventions the same.
    private static bool IsNewer(string[] row) =>
        row[1] != None && int.Parse(row[1], CultureInfo.InvariantCulture) > LastOfOldestHeaders && row.Skip(1).Distinct().Count() == 1;

    // Where 32-bit headers say mmap they mean the old call with a struct.
    private static string HeaderName(string name, SyscallAbi abi) => (name, abi) switch
    {
        ("old_mmap", SyscallAbi.I386 or SyscallAbi.Arm) => "mmap",
        ("mmap", SyscallAbi.I386 or SyscallAbi.Arm) => "no such call",
        _ => name,
    };

    private static string[][] Rows(string table)
    {
        string body = Regex.Match(Header, $@"#define {table}\(X\)(.*\\\n)*.*").Value;
        return [.. Row().Matches(body).Select(match => match.Groups[1].Value.Split(", "))];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyDictionary<string, int> Required(IReadOnlyDictionary<string, int>? headers)
    {
        Assert.SkipWhen(headers is null, $"the kernel's headers are not installed: {SyscallHeaders.Packages}");
        return headers;
    }

    [GeneratedRegex(@"^\tX\((.*?)\)", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"#define NA_SYSCALL_SLOTS (\d+)")]
    private static partial Regex Slots();
}
