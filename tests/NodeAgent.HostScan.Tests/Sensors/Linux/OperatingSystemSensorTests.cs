// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;
using NodeAgent.HostScan.Sensors.Linux;

namespace NodeAgent.HostScan.Tests.Sensors.Linux;

public sealed class OperatingSystemSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("/etc/os-release")]
    [InlineData("/usr/lib/os-release")]
    public void Read_OsRelease_IsParsed(string path)
    {
        const string text = "# x\nNAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian \"GNU\"/Linux'\nID_LIKE=\"a \\\"b\\\"\"\nVARIANT_ID=\nnot a line\n=x\n";
        _tree.File(path, text);

        (OsReleaseFileSpec? spec, string? problems) = SensorScan.Of(new OsReleaseSensor(), HostDataJsonContext.Readable.OsReleaseFileSpec, _tree);

        Assert.Equal((text, "debian", "12", "Debian \"GNU\"/Linux", "a \"b\"", "", path), (spec!.Content, spec.Id, spec.VersionId, spec.PrettyName, spec.IdLike, spec.VariantId, spec.Source));
        Assert.Null(problems);
    }

    [Fact]
    public void Read_NoOsRelease_SaysSo() => Assert.Equal("neither /etc/os-release nor /usr/lib/os-release is there", SensorScan.Of(new OsReleaseSensor(), HostDataJsonContext.Readable.OsReleaseFileSpec, _tree).Problems);

    [Fact]
    public void Read_OldKernel_IsParsedFromItsLine()
    {
        byte[] program = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 183, 0];
        _tree.File("/proc/version", "Linux version 5.4.0-1-arm64 (a@b) (gcc #2) #1 SMP Debian 5.4.13-1 (2020-01-19)\n").File("/bin/sh", program);

        (KernelVersionSpec? spec, _) = SensorScan.Of(new KernelVersionSensor(), HostDataJsonContext.Readable.KernelVersionSpec, _tree);

        Assert.Equal(("5.4.0-1-arm64", "#1 SMP Debian 5.4.13-1 (2020-01-19)", "aarch64"), (spec!.Release, spec.Version, spec.Architecture));
    }

    [Fact]
    public void Read_ThisMachine_EqualsUname()
    {
        (KernelVersionSpec? spec, _) = SensorScan.OfMachine(new KernelVersionSensor(), HostDataJsonContext.Readable.KernelVersionSpec);

        Assert.Equal(AdministratorTool.Lines("uname", "-rvm")[0], $"{spec!.Release} {spec.Version} {spec.Architecture}");
    }
}
