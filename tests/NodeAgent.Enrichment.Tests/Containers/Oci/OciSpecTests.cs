// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers.Oci;

public sealed class OciSpecTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"ociVersion":7}""")]
    public void Parse_NoConfiguration_IsNull(string json) => Assert.Null(Parse(json));

    [Fact]
    public void Parse_Everything_IsRead()
    {
        OciSpec spec = Parse("""
            {"ociVersion":"1.0.2","annotations":{"a":"b","n":7},
             "root":{"path":"rootfs","readonly":true},
             "process":{"user":{"uid":65534,"gid":12},"args":["/bin/app","-x"],"env":["PATH=/bin","TOKEN=secret=x","EMPTY"],
               "capabilities":{"bounding":["CAP_CHOWN"],"effective":["CAP_KILL"]},
               "noNewPrivileges":true,"apparmorProfile":"cri","selinuxLabel":"l"},
             "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
               {"destination":"/data","type":"bind","source":"/var/data","options":["rbind","ro"]},
               {"destination":"/x","source":"/y","options":["bind"]}],
             "linux":{"namespaces":[{"type":"pid"},{"type":"user"},{"type":"ipc","path":"/proc/7/ns/ipc"},{"type":"network","path":"/run/netns/x"}],
               "maskedPaths":["/proc/kcore"],"seccomp":{"defaultAction":"SCMP_ACT_ERRNO"} } }
            """)!;

        ContainerConfiguration set = spec.Configuration;
        Assert.Equal(new Dictionary<string, string> { ["a"] = "b" }, spec.Annotations);
        Assert.Equal(["PATH", "TOKEN", "EMPTY"], set.EnvironmentNames);
        Assert.Equal(["/bin/app", "-x"], set.Args);
        Assert.Equal(["CAP_CHOWN"], set.Capabilities);
        Assert.Equal([new("/proc", "proc", "proc", false), new("/data", "/var/data", "bind", true), new("/x", "/y", "bind", false)], set.Mounts);
        Assert.Equal((65534u, 12u, "SCMP_ACT_ERRNO", "cri", "l"), (set.Uid, set.Gid, set.SeccompDefaultAction, set.AppArmorProfile, set.SelinuxLabel));
        Assert.Equal((true, true, false), (set.NoNewPrivileges, set.ReadOnlyRootFilesystem, set.Privileged));
        Assert.Equal((false, false, true, true), (set.HostNetwork, set.HostPid, set.HostIpc, set.UserNamespace));
    }

    [Fact]
    public void Parse_PrivilegedContainer_IsKnownByWhatIsMissing()
    {
        OciSpec spec = Parse("""{"ociVersion":"1.0.2","process":{"capabilities":{"bounding":["CAP_SYS_ADMIN"]} },"linux":{} }""")!;

        Assert.True(spec.Configuration.Privileged);
        Assert.Equal(string.Empty, spec.Configuration.SeccompDefaultAction);
    }

    [Fact]
    public void Parse_WrongTypesEverywhere_IsEmptyAndNoError()
    {
        OciSpec spec = Parse("""
            {"ociVersion":"1.0.2","annotations":[],"root":"x","process":{"user":7,"args":"x","env":[7,null,"A=1"],"capabilities":[]},
             "mounts":[7,{},{"options":[7]}],"linux":{"namespaces":"x","seccomp":true,"maskedPaths":{} } }
            """)!;

        Assert.Empty(spec.Annotations);
        Assert.Equal(["A"], spec.Configuration.EnvironmentNames);
        Assert.Equal(3, spec.Configuration.Mounts.Count);
    }

    [Fact]
    public void Parse_EndlessLists_AreCut()
    {
        string mounts = string.Join(',', Enumerable.Repeat("{}", 10_000));

        Assert.InRange(Parse($$"""{"ociVersion":"1","mounts":[{{mounts}}]}""")!.Configuration.Mounts.Count, 1, 1000);
    }

    private static OciSpec? Parse(string json) => OciSpec.Parse(Encoding.UTF8.GetBytes(json), path => path == "/proc/7/ns/ipc");
}
