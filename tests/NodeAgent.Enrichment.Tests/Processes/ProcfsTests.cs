// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Processes;

public sealed class ProcfsTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("procfs");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("12 (sh) S 1 12 12 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 316332 2 3", 316332)]
    [InlineData("12 (a) b) (c\n) R 1 12 12 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 7 2 3", 7)]
    [InlineData("12 (sh) S 1 12", -1)]
    [InlineData("12 (sh", -1)]
    [InlineData("12 (sh)", -1)]
    [InlineData("12 (sh) S 1 12 12 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 x7 2 3", -1)]
    [InlineData("", -1)]
    public void TryParseStartTicks_Row_GivesField22(string stat, long expected)
    {
        bool ok = Procfs.TryParseStartTicks(System.Text.Encoding.UTF8.GetBytes(stat), out ulong ticks);

        Assert.Equal(expected >= 0, ok);
        Assert.Equal(ok ? (ulong)expected : 0, ticks);
    }

    [Fact]
    public void ReadArgv_StartTimeOfAnotherProcess_IsNull()
    {
        DirectoryInfo process = _root.CreateSubdirectory("12");
        File.WriteAllText(Path.Combine(process.FullName, "stat"), "12 (sh) S 1 12 12 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 500 2 3");
        File.WriteAllText(Path.Combine(process.FullName, "cmdline"), "sh\0-c\0");
        var procfs = new Procfs(_root.FullName);

        Assert.Equal("sh\0-c\0"u8.ToArray(), procfs.ReadArgv(new ProcessKey(12, 5_009_999_999)));
        Assert.Null(procfs.ReadArgv(new ProcessKey(12, 5_010_000_000)));
        Assert.Null(procfs.ReadArgv(new ProcessKey(13, 5_000_000_000)));
    }

    [Fact]
    public void ReadArgv_HugeCommandLine_IsCut()
    {
        DirectoryInfo process = _root.CreateSubdirectory("12");
        File.WriteAllText(Path.Combine(process.FullName, "stat"), "12 (sh) S 1 12 12 34816 12 4194304 1 2 3 4 5 6 7 8 20 0 1 0 500 2 3");
        File.WriteAllText(Path.Combine(process.FullName, "cmdline"), new string('a', 100_000));

        Assert.Equal(4096, new Procfs(_root.FullName).ReadArgv(new ProcessKey(12, 5_000_000_000))!.Length);
    }

    [Fact]
    public void ReadArgv_ThisProcess_IsItsCommandLine()
    {
        if (!File.Exists("/proc/self/stat"))
        {
            Assert.Skip("no /proc");
        }

        Assert.True(Procfs.TryParseStartTicks(File.ReadAllBytes("/proc/self/stat"), out ulong ticks));
        var key = new ProcessKey((uint)Environment.ProcessId, ticks * 10_000_000 + 123);

        byte[]? argv = new Procfs().ReadArgv(key);

        Assert.NotNull(argv);
        Assert.Contains("NodeAgent.Enrichment.Tests", System.Text.Encoding.UTF8.GetString(argv), StringComparison.Ordinal);
        Assert.True(ticks > 0, ticks.ToString(CultureInfo.InvariantCulture));
    }
}
