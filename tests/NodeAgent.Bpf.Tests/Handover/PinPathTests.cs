// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Tests.Loading;

namespace NodeAgent.Bpf.Tests.Handover;

[Collection(KernelCollection.Name)]
public sealed class PinPathTests
{
    [Theory]
    [InlineData("/sys/fs/bpf/node-agent", null)]
    [InlineData("/sys/fs/bpf/a/b", null)]
    [InlineData("node-agent", "it is not an absolute path")]
    [InlineData("/sys/fs/bpf/node.agent", "a bpffs allows no dot in a name")]
    public void FaultOf_Path_NamesTheFault(string path, string? fault) => Assert.Equal(fault, PinPath.FaultOf(path));

    [Theory]
    [InlineData("gen_1", true, 1)]
    [InlineData("gen_12", true, 12)]
    [InlineData("gen_", false, 0)]
    [InlineData("gen_01", false, 0)]
    [InlineData("gen_-1", false, 0)]
    [InlineData("gen_99999999999", false, 0)]
    [InlineData("other", false, 0)]
    public void TryParseGeneration_Name_OnlyOurs(string name, bool ours, int number)
    {
        Assert.Equal(ours, PinNames.TryParseGeneration(name, out int parsed));
        Assert.Equal(ours ? number : 0, ours ? parsed : 0);
    }

    [Theory]
    [InlineData("12 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 20", 777ul)]
    [InlineData("12 (a ) R (b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 5", 5ul)]
    public void ParseStartTicks_AnyComm_FindsTheField(string stat, ulong ticks) => Assert.Equal(ticks, AgentIdentity.ParseStartTicks(stat));

    [Fact]
    public void Own_ThisProcess_IsItsPidAndStart()
    {
        AgentIdentity own = AgentIdentity.Own();
        Assert.Equal((uint)Environment.ProcessId, own.Pid);
        Assert.InRange(own.StartTicks, 1ul, Interop.Platform.BootClock.NowNs / 10_000_000);
    }

    [Fact]
    public void Open_OrdinaryFolder_SaysWhatToMount()
    {
        string folder = Directory.CreateTempSubdirectory("node-agent-test-").FullName;
        PinException e = Assert.Throws<PinException>(() => PinDirectory.Open(Path.Combine(folder, "pins"), NullLogger.Instance));
        Assert.Contains($"mount -t bpf bpf {folder}", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    [Fact]
    public void Open_RootOfABpffs_IsRefusedForItsOwnFiles()
    {
        Kernel.Require();
        using var mount = new BpfMount();
        PinException e = Assert.Throws<PinException>(() => PinDirectory.Open(mount.Root, NullLogger.Instance));
        Assert.Contains("is not node-agent's: give it a directory of its own", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NothingThere_RemovesNothing()
    {
        PinRemoval removal = PinRemoval.Run("/sys/fs/bpf/node-agent-test-that-is-not-there", force: false);
        Assert.Empty(removal.Removed);
        Assert.Empty(removal.Left);
    }

    [Fact]
    public void Run_OrdinaryFolder_IsRefusedAndKept()
    {
        string folder = Directory.CreateTempSubdirectory("node-agent-test-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "gen_1"));
        File.WriteAllText(Path.Combine(folder, "gen_1", "manifest"), "precious");
        Assert.Throws<PinException>(() => PinRemoval.Run(folder, force: true));
        Assert.True(File.Exists(Path.Combine(folder, "gen_1", "manifest")));
        Directory.Delete(folder, recursive: true);
    }
}
