// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Cgroups;

public sealed class CgroupPathParserTests
{
    private const string A = "1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e0001";
    private const string B = "2f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e0002";
    private const string Uid = "0e1b3c5d-1111-2222-3333-444455556666";
    private const string Uid_ = "0e1b3c5d_1111_2222_3333_444455556666";
    private const string StaticUid = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData($"/kubepods/burstable/pod{Uid}/{A}", "", A, Uid)]
    [InlineData($"/kubepods/pod{Uid}/{A}", "", A, Uid)]
    [InlineData($"/kubepods/besteffort/pod{StaticUid}/{A}", "", A, StaticUid)]
    [InlineData($"/kubepods/burstable/pod{Uid}/crio-{A}", "cri-o", A, Uid)]
    [InlineData($"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Uid_}.slice/cri-containerd-{A}.scope", "containerd", A, Uid)]
    [InlineData($"/kubepods.slice/kubepods-pod{Uid_}.slice/cri-containerd-{A}.scope", "containerd", A, Uid)]
    [InlineData($"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod{StaticUid}.slice/crio-{A}.scope", "cri-o", A, StaticUid)]
    [InlineData($"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Uid_}.slice/docker-{A}.scope", "docker", A, Uid)]
    [InlineData($"/system.slice/containerd.service/kubepods-burstable-pod{Uid_}.slice:cri-containerd:{A}", "containerd", A, Uid)]
    [InlineData($"/kubelet/kubepods/burstable/pod{Uid}/{A}", "", A, Uid)]
    [InlineData($"/system.slice/k3s.service/kubepods/burstable/pod{Uid}/{A}", "", A, Uid)]
    [InlineData($"/docker/{A}", "docker", A, "")]
    [InlineData($"/system.slice/docker-{A}.scope", "docker", A, "")]
    [InlineData($"/default/{A}", "containerd", A, "")]
    [InlineData($"/system.slice/nerdctl-{A}.scope", "containerd", A, "")]
    [InlineData($"/libpod_parent/libpod-{A}", "podman", A, "")]
    [InlineData($"/libpod_parent/{B}/libpod-{A}", "podman", A, "")]
    [InlineData($"/machine.slice/libpod-{A}.scope", "podman", A, "")]
    [InlineData($"/machine.slice/machine-libpod_pod_{B}.slice/libpod-{A}.scope", "podman", A, "")]
    [InlineData($"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-{A}.scope", "podman", A, "")]
    [InlineData($"/system.slice/web.service/libpod-payload-{A}", "podman", A, "")]
    [InlineData("/system.slice/runc-web.scope", "runc", "web", "")]
    [InlineData("/lxc.payload.web", "lxc", "web", "")]
    [InlineData($"/ecs/task/{A}", "", A, "")]
    [InlineData("/machine.slice/machine-build\\x2dhost.scope", "systemd-nspawn", "build-host", "")]
    [InlineData("/machine.slice/systemd-nspawn@web.service", "systemd-nspawn", "web", "")]
    public void Parse_ContainerPath_GivesRuntimeIdAndPod(string path, string runtime, string id, string pod)
    {
        foreach (string below in (string[])["", "/init.scope", "/system.slice/ssh.service", "/a/b", "/container"])
        {
            CgroupUnit unit = Parse(path + below);

            Assert.Equal((UnitKind.Container, runtime, id, pod), (unit.Kind, unit.Runtime, unit.ContainerId, unit.PodUid));
            Assert.Equal(path.Length, unit.TopLength);
            Assert.Equal(0, unit.ParentTopLength);
        }
    }

    [Theory]
    [InlineData($"/docker/{A}", $"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod{Uid_}.slice/cri-containerd-{B}.scope", "containerd", Uid)]
    [InlineData($"/docker/{A}", $"/kubepods/burstable/pod{Uid}/{B}", "", Uid)]
    [InlineData($"/kubepods/burstable/pod{Uid}/{A}", $"/docker/{B}", "docker", "")]
    public void Parse_ContainerInContainer_InnermostWinsAndNamesItsParent(string outer, string inner, string runtime, string pod)
    {
        CgroupUnit unit = Parse(outer + inner);

        Assert.Equal((UnitKind.Container, runtime, B, pod), (unit.Kind, unit.Runtime, unit.ContainerId, unit.PodUid));
        Assert.Equal((outer.Length + inner.Length, outer.Length), (unit.TopLength, unit.ParentTopLength));
    }

    [Theory]
    [InlineData("/system.slice/ssh.service", "ssh.service", 25)]
    [InlineData("/system.slice/ssh.service/sub/deep", "ssh.service", 25)]
    [InlineData("/system.slice/ssh.service/other.service", "ssh.service", 25)]
    [InlineData("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", 51)]
    [InlineData("/system.slice/dev-disk-by\\x2duuid.swap", "dev-disk-by\\x2duuid.swap", 38)]
    [InlineData("/system.slice/_cpu.service", "cpu.service", 26)]
    [InlineData("/init.scope", "init.scope", 11)]
    [InlineData("/system.slice", "system.slice", 13)]
    [InlineData("/user.slice/user-0.slice/session-3.scope", "session-3.scope", 40)]
    [InlineData("/user.slice/user-0.slice/user@0.service", "user@0.service", 39)]
    [InlineData("/user.slice/user-0.slice/user@0.service/init.scope", "user@0.service/init.scope", 50)]
    [InlineData("/user.slice/user-0.slice/user@0.service/app.slice/ssh.service/x", "user@0.service/ssh.service", 61)]
    [InlineData("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "machine-qemu\\x2d1\\x2dvm.scope", 44)]
    [InlineData($"/system.slice/crio-conmon-{A}.scope", $"crio-conmon-{A}.scope", 96)]
    [InlineData($"/machine.slice/libpod-conmon-{A}.scope", $"libpod-conmon-{A}.scope", 99)]
    public void Parse_SystemdPath_GivesTheUnit(string path, string name, int topLength)
    {
        CgroupUnit unit = Parse(path);

        Assert.Equal((UnitKind.SystemdUnit, name, string.Empty), (unit.Kind, unit.Name, unit.ContainerId));
        Assert.Equal(topLength, unit.TopLength);
    }

    [Theory]
    [InlineData("/web", "web")]
    [InlineData("/demo/web", "demo/web")]
    [InlineData("/libpod_parent/conmon", "libpod_parent/conmon")]
    [InlineData($"/libpod_parent/libpod-conmon-{A}", $"libpod_parent/libpod-conmon-{A}")]
    [InlineData($"/0{A}", $"0{A}")] // 65 hex digits
    [InlineData("/f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e0001", "f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e1f0a9b3c5d7e0001")] // 63
    [InlineData("/1F0A9B3C5D7E1F0A9B3C5D7E1F0A9B3C5D7E1F0A9B3C5D7E1F0A9B3C5D7E0001", "1F0A9B3C5D7E1F0A9B3C5D7E1F0A9B3C5D7E1F0A9B3C5D7E1F0A9B3C5D7E0001")]
    [InlineData($"/x+{A}", $"x+{A}")] // no separator that a runtime writes
    [InlineData($"/-{A}", $"-{A}")]
    [InlineData("/naïve", "naïve")]
    [InlineData("/a\nb", "a\nb")]
    [InlineData("/.service", ".service")]
    [InlineData("/system.slice/odd", "system.slice/odd")]
    public void Parse_AnyOtherPath_IsAPlainCgroupOfItsOwn(string path, string name)
    {
        CgroupUnit unit = Parse(path);

        Assert.Equal((UnitKind.Cgroup, name), (unit.Kind, unit.Name));
        Assert.Equal(Encoding.UTF8.GetByteCount(path), unit.TopLength);
    }

    [Theory]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("//")]
    [InlineData("/a//b")]
    [InlineData("/a/")]
    [InlineData("/..")]
    [InlineData("/../../kubepods")]
    [InlineData("/a/./b")]
    [InlineData("/a\0b")]
    public void Parse_ShapeThatNoKernelWrites_IsUnknown(string path) => Assert.Equal(UnitKind.Unknown, Parse(path).Kind);

    [Fact]
    public void Parse_HugePath_IsUnknown() => Assert.Equal(UnitKind.Unknown, Parse("/" + new string('a', 5000)).Kind);

    [Fact]
    public void Parse_Root_IsTheHost() => Assert.Equal((UnitKind.Host, 1), (Parse("/").Kind, Parse("/").TopLength));

    [Fact]
    public void Parse_PodCgroupItself_IsNoContainerButKnowsThePod()
    {
        Assert.Equal((UnitKind.Cgroup, Uid), (Parse($"/kubepods/pod{Uid}").Kind, Parse($"/kubepods/pod{Uid}").PodUid));
        Assert.Equal((UnitKind.Cgroup, Uid), (Parse($"/kubepods/pod{Uid}/name").Kind, Parse($"/kubepods/pod{Uid}/name").PodUid));
    }

    [Fact]
    public void Parse_PodNameInAUsersOwnTree_IsNotBelieved()
    {
        CgroupUnit unit = Parse($"/user.slice/user-1000.slice/user@1000.service/kubepods/pod{Uid}/{A}");

        Assert.Equal((UnitKind.Container, string.Empty), (unit.Kind, unit.PodUid));
    }

    [Fact]
    public void Parse_AnyBytes_NeverThrowsAndStaysInside() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll<byte[]>(bytes =>
        {
            CgroupUnit unit = CgroupPathParser.Parse([(byte)'/', .. bytes]);
            return unit.TopLength >= 1 && unit.TopLength <= bytes.Length + 1 && unit.ParentTopLength < unit.TopLength;
        }));

    [Fact]
    public void Parse_AnyMixOfKnownPieces_NeverThrowsAndItsTopIsItself()
    {
        string[] pieces =
        [
            "/", "kubepods", ".slice", "pod", Uid, Uid_, StaticUid, A, B, "docker-", "cri-containerd-", ":", "-", ".scope", ".service",
            "user@1.service", "machine.slice", "machine-", "libpod_parent", "conmon-", "\\x2d", "\\x", "..", "runc-", "_", "lxc.payload.",
        ];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll<byte[]>(choice =>
        {
            string path = "/" + string.Concat(choice.Select(b => pieces[b % pieces.Length]));
            CgroupUnit unit = Parse(path);
            CgroupUnit top = Parse(path[..unit.TopLength]);
            return top == unit;
        }));
    }

    private static CgroupUnit Parse(string path) => CgroupPathParser.Parse(Encoding.UTF8.GetBytes(path));
}
