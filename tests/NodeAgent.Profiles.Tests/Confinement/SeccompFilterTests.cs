// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Confinement;

namespace NodeAgent.Profiles.Tests.Confinement;

public sealed class SeccompFilterTests
{
    [Fact]
    public void Of_LearnedCalls_AllowsThemAndTheRuntimesAndNothingElse()
    {
        SingleSeccompProfileSpec filter = SeccompFilter.Of(Calling("amd64", "bind", "accept4", "read"), audit: false)!;

        SeccompSyscall allowed = Assert.Single(filter.Syscalls!);
        Assert.Equal(("SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW"), (filter.DefaultAction, allowed.Action));
        Assert.Equal(allowed.Names!.Order(StringComparer.Ordinal).Distinct(), allowed.Names!);
        Assert.Equal(["accept4", "bind"], allowed.Names!.Except(SeccompFilter.RuntimeCalls));
        Assert.Empty(SeccompFilter.RuntimeCalls.Except(allowed.Names!));
        Assert.Equal(["SCMP_ARCH_X86_64"], filter.Architectures);
    }

    [Fact]
    public void Fault19_Audit_LogsInsteadOfRefusing() =>
        Assert.Equal("SCMP_ACT_LOG", SeccompFilter.Of(Calling("amd64", "read"), audit: true)!.DefaultAction);

    [Fact]
    public void Of_NothingKnown_IsNoFilterThatStopsAll()
    {
        Assert.Null(SeccompFilter.Of(new ContainerProfileSpec(), audit: false));
        Assert.Null(SeccompFilter.Of(Calling("amd64"), audit: false));
    }

    [Theory]
    [InlineData("amd64", "socketcall", "SCMP_ARCH_X86_64", "SCMP_ARCH_X86")]
    [InlineData("arm64", "mmap2", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM")]
    [InlineData("arm64", "openat", "SCMP_ARCH_AARCH64")]
    public void Of_CallOfThe32BitTable_AllowsThatArchitecture(string architecture, string call, params string[] architectures) =>
        Assert.Equal(architectures, SeccompFilter.Of(Calling(architecture, call, "read"), audit: false)!.Architectures);

    [Fact]
    public void Of_NumbersWithoutAName_AreToldAndLeftOut()
    {
        ContainerProfileSpec spec = Calling("amd64", "read", "syscall_999", "syscall_unknown");

        Assert.Equal(["syscall_999", "syscall_unknown"], SeccompFilter.Unnamed(spec));
        Assert.DoesNotContain(SeccompFilter.Of(spec, audit: false)!.Syscalls![0].Names!, name => name.StartsWith("syscall_", StringComparison.Ordinal));
    }

    private static ContainerProfileSpec Calling(string architecture, params string[] calls) => new() { Architectures = [architecture], Syscalls = calls };
}
