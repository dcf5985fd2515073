// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Security.Cryptography;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScan.Sensors.Linux.Files;
using NodeAgent.Interop.Platform;

namespace NodeAgent.HostScan.Tests.Sensors.Linux.Files;

public sealed class FilePermissionsSensorTests : IDisposable
{
    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
    private const UnixFileMode Program = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;

    private readonly HostTree _tree = new HostTree().File("/etc/passwd", $"root:x:0:0::/root:/bin/sh\nme:x:{Uid}:{Gid}::/:/bin/sh\n", Plain).File("/etc/group", $"root:x:0:\nme:x:{Gid}:\n", Plain);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Files_FindsWhatRunsAsSomebodyElseAndWhatEverybodyMayWrite()
    {
        _tree.File("/usr/bin/su", "program", Program | UnixFileMode.SetUser).File("/usr/bin/wall", "wall", Program | UnixFileMode.SetGroup).File("/usr/share/locked", "x", Plain | UnixFileMode.SetGroup)
            .Link("/bin", "usr/bin").Link("/usr/bin/link", "su").File("/etc/open", "x", Everybody).File("/etc/fine", "x", Plain).File("/opt/dir/x", "x", Plain).File("/opt/sticky/x", "x", Plain)
            .File("/tmp/open", "x", Everybody).File("/tmp/evil", "x", Program | UnixFileMode.SetUser).File("/var/tmp/evil2", "x", Program | UnixFileMode.SetUser)
            .File("/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs/bin/su", "x", Program | UnixFileMode.SetUser)
            .File("/home/me/.local/share/containers/storage/su", "x", Program | UnixFileMode.SetUser).File("/proc/su", "x", Program | UnixFileMode.SetUser);
        Directory.CreateDirectory(_tree.At("/opt/dir"));
        System.IO.File.SetUnixFileMode(_tree.At("/opt/dir"), (UnixFileMode)0b111_111_111);
        System.IO.File.SetUnixFileMode(_tree.At("/opt/sticky"), (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);

        (HostFilePermissionsSpec spec, string? problems) = Read();

        Assert.Equal(["/tmp/evil", "/usr/bin/su", "/usr/bin/wall", "/var/tmp/evil2"], spec.SetIdFiles!.Select(file => file.Path));
        Assert.Equal((4, 1, 1, 0), (spec.SetIdCount, spec.WorldWritableFileCount, spec.WorldWritableDirectoryCount, spec.UnownedCount));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("program"u8)), spec.SetIdFiles![1].Sha256);
        Assert.Equal((int)(Program | UnixFileMode.SetUser), spec.SetIdFiles[1].Permissions);
        Assert.Equal("/etc/open", Assert.Single(spec.WorldWritableFiles!).Path);
        Assert.Equal("/opt/dir", Assert.Single(spec.WorldWritableDirectories!).Path);
        Assert.Equal(["/etc", "/home", "/opt", "/tmp", "/usr", "/var", "/var/tmp"], spec.Walked);
        Assert.Null(problems);
    }

    [Fact]
    public void Read_OwnersWithoutName_AreFound()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving a file to somebody else needs root");
        _tree.File("/opt/left", "x", Plain).File("/opt/dynamic", "x", Plain).File("/opt/mine", "x", Plain);
        AdministratorTool.Lines("chown", "54321:0", _tree.At("/opt/left"));
        AdministratorTool.Lines("chown", "61200:61200", _tree.At("/opt/dynamic"));

        (HostFilePermissionsSpec spec, _) = Read();

        Assert.Equal("/opt/left", Assert.Single(spec.UnownedFiles!).Path);
        Assert.Equal(54321, spec.UnownedFiles![0].Ownership!.Uid);
    }

    [Theory]
    [InlineData("passwd: files sss\ngroup: files\n", "names of accounts come from sss too")]
    [InlineData("passwd: files systemd\ngroup:\tfiles [SUCCESS=merge] systemd\n", null)]
    [InlineData("passwd:\n\n:\n", null)]
    public void Read_NamesFromElsewhere_OwnersAreNotJudged(string switches, string? said)
    {
        _tree.File("/etc/nsswitch.conf", switches, Plain);

        string? problems = Read().Problems;

        Assert.Equal(said is null ? null : "files without an owner are not looked for: " + said, problems);
    }

    [Fact]
    public void Read_TooManyFiles_AreBoundedAndSaid()
    {
        for (int number = 0; number < 50; number++)
        {
            _tree.File($"/usr/d{number}/f", "x", Everybody);
        }

        (HostFilePermissionsSpec? spec, string? problems) = SensorScan.Of(new FilePermissionsSensor(40), HostDataJsonContext.Readable.HostFilePermissionsSpec, _tree);

        Assert.InRange(spec!.WorldWritableFileCount!.Value, 1, 40);
        Assert.Equal("more than 40 files below the walked directories, the rest was not looked at", problems);
    }

    [Fact]
    public void Read_VeryDeepAndOddNames_HaveAnEnd()
    {
        string deep = string.Concat(Enumerable.Repeat("/" + new string('d', 20), 110));
        _tree.File("/opt" + deep + "/suid", "x", Program | UnixFileMode.SetUser).File("/opt/new\nline \u0001", "x", Everybody).Link("/opt/loop", ".").Link("/opt/out", "/etc");

        (HostFilePermissionsSpec spec, string? problems) = Read();

        Assert.Empty(spec.SetIdFiles!);
        Assert.Equal("/opt/new\nline \u0001", Assert.Single(spec.WorldWritableFiles!).Path);
        Assert.Equal("1 directories are deeper than 100 and were not looked into", problems);
    }

    [Fact]
    public void Walk_ManyFiles_AllocatesNothingForEach()
    {
        for (int number = 0; number < 4000; number++)
        {
            _tree.File($"/usr/d{number % 40}/file-with-a-long-name-{number}", "", Plain);
        }

        using HostRoot root = _tree.Open();
        var run = new SensorRun(root, new SharedReads(root), "node", TestContext.Current.CancellationToken);
        root.TryGetFacts("/usr", out FileFacts facts);
        new PermissionWalk(run, true, 1_000_000).Walk("/usr", facts.Device, false);
        var walk = new PermissionWalk(run, true, 1_000_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        walk.Walk("/usr", facts.Device, false);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(4040, walk.Entries);
        // A handle for each directory, and the buffers: a string for each file would be 400,000 bytes.
        Assert.InRange(allocated, 1, 60_000);
    }

    [Fact]
    public void Read_StoppedOnTheWay_IsAnErrorAndNoHalfList()
    {
        using HostRoot root = _tree.File("/usr/a", "x", Plain).Open();
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => new FilePermissionsSensor().ReadSpec(new SensorRun(root, new SharedReads(root), "node", stop.Token)));
    }

    [Fact]
    public void Read_ProgramWithCapabilities_IsDescribed()
    {
        _tree.File("/opt/ping", "x", Program).File("/opt/plain", "x", Program).File("/opt/data", "x", Plain);
        SetCapabilities("cap_net_raw,cap_sys_admin=ep", "/opt/ping");
        SetCapabilities("cap_net_raw=ep", "/opt/data");

        (HostFilePermissionsSpec spec, string? problems) = Read();

        HostFile file = Assert.Single(spec.CapabilityFiles!);
        Assert.Equal(("/opt/ping", "NET_RAW,SYS_ADMIN", "", true, 1), (file.Path, string.Join(',', file.Capabilities!.Permitted!), string.Join(',', file.Capabilities.Inheritable!), file.Capabilities.Effective, spec.CapabilityCount));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("x"u8)), file.Sha256);
        Assert.Null(problems);
    }

    // What nobody may run is not looked at; getcap looks at all, so only what both look at is compared.
    [Fact]
    public void Read_ThisMachine_EqualsGetcap()
    {
        (HostFilePermissionsSpec? spec, _) = SensorScan.OfMachine(new FilePermissionsSensor(), HostDataJsonContext.Readable.HostFilePermissionsSpec);
        string[] folders = [.. spec!.Walked!.Except(PermissionWalk.Temporary)];

        string[] found = [.. AdministratorTool.Run(["getcap", "-r", .. folders]).Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(found, spec.CapabilityFiles!.Select(file => file.Path!).Where(path => !PermissionWalk.Temporary.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal))));
    }

    [Fact]
    public void Read_ThisMachine_EqualsFind()
    {
        (HostFilePermissionsSpec? spec, _) = SensorScan.OfMachine(new FilePermissionsSensor(), HostDataJsonContext.Readable.HostFilePermissionsSpec);
        // Other tests make such files in folders for temporary ones.
        string[] folders = [.. spec!.Walked!.Except(PermissionWalk.Temporary)];

        string[] found = [.. Find(folders, "-type", "f", "-perm", "/6000", "(", "-perm", "-4000", "-o", "-perm", "-2010", ")")];
        Assert.Equal(found, spec.SetIdFiles!.Select(file => file.Path!).Where(path => !PermissionWalk.Temporary.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal))));
        Assert.NotEmpty(found);
        Assert.All(spec.SetIdFiles!.Where(file => found.Contains(file.Path)), file =>
        {
            Assert.Equal(AdministratorTool.Lines("sha256sum", file.Path!)[0].Split(' ')[0], file.Sha256);
            Assert.Equal(AdministratorTool.Lines("stat", "-c", "%a %U %G", file.Path!)[0], $"{Convert.ToString(file.Permissions!.Value, 8)} {file.Ownership!.Username} {file.Ownership.Groupname}");
        });
        Assert.Equal(Find(folders, "-type", "d", "-perm", "-0002", "!", "-perm", "-1000"), spec.WorldWritableDirectories!.Select(file => file.Path));
    }

    private static readonly uint Uid = uint.Parse(Output("-u"), System.Globalization.CultureInfo.InvariantCulture);
    private static readonly uint Gid = uint.Parse(Output("-g"), System.Globalization.CultureInfo.InvariantCulture);

    private static string Output(string option)
    {
        using Process process = Process.Start(new ProcessStartInfo("id", [option]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    private static IEnumerable<string> Find(string[] folders, params string[] tests)
    {
        string[] leftOut = [.. PermissionWalk.Temporary, "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "*/.local/share/containers", "*/.local/share/docker"];
        string[] prune = [.. leftOut.SelectMany(path => new[] { "-path", path, "-o" }).SkipLast(1)];
        return AdministratorTool.Run(["find", .. folders, "-xdev", "(", .. prune, ")", "-prune", "-o", .. tests, "-print"]).Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
    }

    private void SetCapabilities(string capabilities, string path)
    {
        using Process process = Process.Start(new ProcessStartInfo("setcap", [capabilities, _tree.At(path)]) { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipUnless(process.ExitCode == 0, $"capabilities cannot be given here: {said.Trim()}");
    }

    private (HostFilePermissionsSpec Spec, string? Problems) Read()
    {
        (HostFilePermissionsSpec? spec, string? problems) = SensorScan.Of(new FilePermissionsSensor(), HostDataJsonContext.Readable.HostFilePermissionsSpec, _tree);
        return (spec!, problems);
    }
}
