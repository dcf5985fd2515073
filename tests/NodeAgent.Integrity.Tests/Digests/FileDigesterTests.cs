// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Integrity.Digests;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Tests.Digests;

public sealed class FileDigesterTests : IDisposable
{
    private const int Limit = 1 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("node-agent-digest-").FullName;
    private readonly FileDigester _digester = new(Limit);
    private readonly RootDirectory _root;

    public FileDigesterTests() => _root = RootDirectory.Open(_folder);

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Limit)]
    public void LookAt_File_IsItsSha256(int size)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(size);
        File.WriteAllBytes(At("file"), bytes);

        Look look = Look("/file");

        Assert.Equal((LookOutcome.Found, Convert.ToHexStringLower(SHA256.HashData(bytes)), (ulong)size), (look.Outcome, look.State!.Sha256, look.State.Facts.SizeBytes));
    }

    [Fact]
    public void LookAt_LargerThanTheLimit_IsNotRead()
    {
        File.WriteAllBytes(At("file"), new byte[Limit + 1]);

        FileState state = Look("/file").State!;

        Assert.Equal((null, "too-large", 0L), (state.Sha256, state.Unread, _digester.BytesRead));
    }

    [Fact]
    public void LookAt_Twice_ReadsOnce()
    {
        File.WriteAllBytes(At("file"), new byte[1000]);

        Assert.Equal(Look("/file").State!.Sha256, Look("/file").State!.Sha256);

        Assert.Equal(1000, _digester.BytesRead);
    }

    // Who sets size and time of the last write back cannot set back that of the inode's change.
    [Fact]
    public void LookAt_ChangedWithSizeAndTimeSetBack_IsReadAgain()
    {
        File.WriteAllText(At("file"), "before");
        DateTime written = File.GetLastWriteTimeUtc(At("file"));
        string? before = Look("/file").State!.Sha256;
        File.WriteAllText(At("file"), "beyond");
        File.SetLastWriteTimeUtc(At("file"), written);

        Assert.NotEqual(before, Look("/file").State!.Sha256);
    }

    [Fact]
    public void LookAt_Link_IsWhatItSaysAndNotWhereItLeads()
    {
        File.CreateSymbolicLink(At("link"), "/etc/shadow");

        FileState state = Look("/link").State!;

        Assert.Equal((null, "/etc/shadow", true), (state.Sha256, state.Target, state.Facts.IsLink));
    }

    [Fact]
    public void LookAt_LinkOnTheWay_StaysInTheRoot()
    {
        Directory.CreateDirectory(At("etc"));
        File.WriteAllText(At("etc/file"), "inside");
        File.CreateSymbolicLink(At("way"), "/etc");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("inside"u8)), Look("/way/file").State!.Sha256);
    }

    [Fact]
    public void LookAt_NothingThere_Missing() => Assert.Equal(new Look(LookOutcome.Missing, null), Look("/none/at/all"));

    [Fact]
    public void LookAt_Folder_HasNoContents()
    {
        Directory.CreateDirectory(At("folder"));

        FileState state = Look("/folder").State!;

        Assert.True(state.Facts.IsDirectory);
        Assert.Equal((null, null), (state.Sha256, state.Unread));
    }

    // A FIFO blocks whoever opens it, a device may act.
    [Fact]
    public void LookAt_Fifo_IsNotOpened()
    {
        Shell("mkfifo \"$1/fifo\"");

        FileState state = Look("/fifo").State!;

        Assert.Equal((null, null, false), (state.Sha256, state.Unread, state.Facts.IsRegular));
    }

    [Fact]
    public void LookAt_NameThatIsNoText_IsFound()
    {
        byte[] name = [.. "/"u8, 0xFF, 0xFE];
        Shell("printf x >\"$1/$(printf '\\377\\376')\"");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("x"u8)), _digester.LookAt(_root, name).State!.Sha256);
        Shell("rm \"$1\"/*");
    }

    [Fact]
    public async Task LookAt_FileThatIsWrittenToAllTheTime_EndsAndTellsNoWrongDigest()
    {
        File.WriteAllBytes(At("file"), new byte[Limit / 2]);
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(
            () =>
            {
                using FileStream file = File.OpenWrite(At("file"));
                for (byte value = 0; !stop.IsCancellationRequested; value++)
                {
                    file.Position = 0;
                    file.Write(Enumerable.Repeat(value, Limit / 2).ToArray());
                }
            },
            CancellationToken.None);

        FileState state = Look("/file").State!;
        await stop.CancelAsync();
        await writer;

        Assert.True(state is { Unread: "changing", Sha256: null } or { Sha256.Length: 64 }, state.ToString());
    }

    private Look Look(string path) => _digester.LookAt(_root, Encoding.UTF8.GetBytes(path));

    private void Shell(string script)
    {
        using var shell = System.Diagnostics.Process.Start("sh", ["-ec", script, "sh", _folder]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    private string At(string name) => Path.Combine(_folder, name);
}
