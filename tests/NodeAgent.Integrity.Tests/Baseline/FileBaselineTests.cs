// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Baseline;
using NodeAgent.Integrity.Digests;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Tests.Baseline;

public sealed class FileBaselineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("node-agent-baseline-").FullName;

    private string File => Path.Combine(_folder, "baseline");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_ThenRead_IsTheSame()
    {
        var written = new FileBaseline(10);
        written.Use(["/etc", "/home/*/.ssh"]);
        FileState[] states =
        [
            new(Facts(1), new string('a', 64)), new(Facts(2) with { Mode = 0xA1FF }, null, "../else\nwhere"), new(Facts(3), null, null, "too-large"), new(Facts(4) with { Mode = 0x41ED }, null),
        ];
        for (int at = 0; at < states.Length; at++)
        {
            Assert.True(written.TrySet($"/etc/{at} \\xFF", states[at]));
        }

        Assert.True(written.IsDirty);
        written.Write(File);
        Assert.False(written.IsDirty);
        var read = new FileBaseline(10);

        Assert.Null(read.Read(File));
        Assert.Equal(written.Patterns, read.Patterns);
        Assert.Equal(written.Files.OrderBy(file => file.Key, StringComparer.Ordinal), read.Files.OrderBy(file => file.Key, StringComparer.Ordinal));
        Assert.False(read.IsDirty);
    }

    [Fact]
    public void Read_None_IsNoProblem() => Assert.Null(new FileBaseline(10).Read(File));

    [Fact]
    public void Read_EveryCutAndEveryBit_IsAProblemAndNothingElse()
    {
        var baseline = new FileBaseline(10);
        baseline.Use(["/etc"]);
        baseline.TrySet("/etc/file", new FileState(Facts(1), new string('a', 64)));
        baseline.Write(File);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int at = 0; at < whole.Length; at++)
        {
            Check(whole[..at]);
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            Check(flipped);
        }

        void Check(byte[] bytes)
        {
            System.IO.File.WriteAllBytes(File, bytes);
            var read = new FileBaseline(10);
            Assert.NotNull(read.Read(File));
            Assert.Equal((0, 0), (read.Count, read.Patterns.Count));
        }
    }

    [Fact]
    public void TrySet_Full_OnlyWhatIsThere()
    {
        var baseline = new FileBaseline(1);

        Assert.True(baseline.TrySet("/a", new FileState(Facts(1), null)));
        Assert.False(baseline.TrySet("/b", new FileState(Facts(2), null)));
        Assert.True(baseline.TrySet("/a", new FileState(Facts(3), null)));
        Assert.True(baseline.Remove("/a", out FileState? gone));
        Assert.Equal(3UL, gone.Facts.Inode);
    }

    private static FileFacts Facts(ulong inode) => new(0x801, inode, 100, 1_700_000_000_123_456_789, 1_700_000_001_000_000_000, 0x81A4, 1000, 100, 1);
}
