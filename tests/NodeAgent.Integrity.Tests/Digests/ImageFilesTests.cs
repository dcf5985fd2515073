// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using NodeAgent.Events.Identity;
using NodeAgent.Integrity.Digests;

namespace NodeAgent.Integrity.Tests.Digests;

public sealed class ImageFilesTests
{
    [Fact]
    public void LayersIn_Overlay_UppermostFirst() =>
        Assert.Equal(["/var/lib/a/fs", "/var/lib/b/fs"], ImageFiles.LayersIn(
        [
            "610 600 0:50 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/var/lib/a/fs:/var/lib/b/fs,upperdir=/var/lib/c/fs,workdir=/var/lib/c/work",
            "611 610 0:51 / /proc rw - proc proc rw",
        ]));

    [Theory]
    [InlineData("610 600 0:50 / / rw - overlay overlay rw,lowerdir+=/x,lowerdir+=/y,upperdir=/u", "/x|/y")]
    [InlineData("610 600 0:50 / / rw - overlay overlay rw,lowerdir=/with\\040blank:/and\\134:colon", "/with blank|/and:colon")]
    [InlineData("610 600 0:50 / / rw - overlay overlay rw,lowerdir=l/AAA:l/BBB,upperdir=/u", "")]
    [InlineData("610 600 8:1 / / rw - ext4 /dev/sda1 rw", "")]
    [InlineData("610 600 0:50 / /mnt rw - overlay overlay rw,lowerdir=/x", "")]
    [InlineData("", "")]
    [InlineData("- - -", "")]
    public void LayersIn_Line_AsItSays(string line, string layers) => Assert.Equal(layers, string.Join('|', ImageFiles.LayersIn([line])));

    // A real overlay whose layers were made by a real overlay, so that whiteouts and opaque folders are the kernel's.
    [Fact]
    [Trait("Level", "Integration")]
    public void LookAt_RealOverlay_IsWhatTheImageHas()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting needs root");
        Assert.SkipUnless(File.Exists("/bin/busybox"), "busybox-static is not installed");
        string folder = Directory.CreateTempSubdirectory("node-agent-layers-").FullName;
        using Process shell = Process.Start(new ProcessStartInfo("unshare", ["-m", "sh", "-ec", Script, "sh", folder]) { RedirectStandardOutput = true })!;
        try
        {
            Assert.SkipUnless(shell.StandardOutput.ReadLine() == "ready", "this machine mounts no overlay here");
            WaitForRoot(shell.Id);
            var images = new ImageFiles(new FileDigester(1 << 20), "/");

            Look? At(string path) => images.LookAt(new ContainerInfo(1, "/x"), (uint)shell.Id, Encoding.UTF8.GetBytes(path));
            Assert.Equal((Sha("one\n"), Sha("image\n")), (At("/etc/kept")?.State?.Sha256, At("/etc/over")?.State?.Sha256));
            Assert.Equal((Sha("y\n"), Sha("z\n")), (At("/new/fresh")?.State?.Sha256, At("/new/both")?.State?.Sha256));
            Assert.All((string[])["/etc/deleted", "/gone/file", "/gone", "/new/old", "/etc/own", "/none"], path => Assert.Equal(new Look(LookOutcome.Missing, null), At(path)));
        }
        finally
        {
            shell.Kill();
            shell.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    private const string Script = """
        cd "$1"; mkdir base lower work1 upper work2 root
        cp /bin/busybox base/; mkdir base/etc base/gone base/new
        echo one >base/etc/kept; echo old >base/etc/over; echo x >base/etc/deleted; echo x >base/gone/file; echo x >base/new/old; echo x >base/new/both
        mount -t overlay overlay -o "lowerdir=$1/base,upperdir=$1/lower,workdir=$1/work1" root
        echo image >root/etc/over; rm root/etc/deleted; rm -r root/gone; rm -r root/new; mkdir root/new; echo y >root/new/fresh; echo z >root/new/both
        umount root
        mount -t overlay overlay -o "lowerdir=$1/lower:$1/base,upperdir=$1/upper,workdir=$1/work2" root
        echo container >root/etc/kept; echo container >root/etc/over; echo mine >root/etc/own; echo mine >root/none
        echo ready; exec chroot root /busybox sleep 600
        """;

    private static void WaitForRoot(int pid)
    {
        while (new FileInfo($"/proc/{pid}/exe").LinkTarget is not { } exe || !exe.EndsWith("/busybox", StringComparison.Ordinal))
        {
            Thread.Yield();
        }
    }

    private static string Sha(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
