// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Matching;

public sealed class AllocationTests
{
    private static readonly NetAddress Known = Parse("10.0.0.1");
    private static readonly NetAddress InBlock = Parse("2001:db8::7");
    private static readonly byte[] Long = [.. "/var/"u8, .. Enumerable.Repeat((byte)'a', 4091)];

    private readonly CompletedProfile _profile = new(new ContainerProfileSpec
    {
        Execs = [new ExecCalls { Path = "/usr/bin/cat", Args = ["cat"] }, new ExecCalls { Path = "/opt/⋯/run" }],
        Opens = [new OpenCalls { Path = "/etc/passwd", Flags = ["O_RDONLY"] }, new OpenCalls { Path = "/var/*", Flags = ["O_RDONLY"] }],
        Egress =
        [
            new NetworkNeighbor { IpAddress = "10.0.0.1", Ports = [new NetworkPort { Port = 443, Protocol = "TCP" }], Dns = "example.com." },
            new NetworkNeighbor { IpAddresses = ["2001:db8::/32"], DnsNames = ["*.example.org."] },
        ],
    });

    [Fact]
    public void WasExecuted_PlainPath_AllocatesNothing() => None(p =>
        p.WasExecuted("/usr/bin/cat"u8) && p.WasExecuted("/opt/a/run"u8) && p.WasExecuted("/usr/bin/cat") && !p.WasExecuted("/bin/evil"u8) && !p.WasExecuted("/bin/evil"));

    [Fact]
    public void WasOpened_PlainPath_AllocatesNothing() => None(p =>
        p.WasOpened("/etc/passwd"u8) && p.WasOpened("/etc/passwd", 0u) && p.WasOpened("/var/lib/x"u8, 0u) && !p.WasOpened("/etc/shadow"u8) && !p.WasOpened("/etc/passwd"u8, 1u));

    [Fact]
    public void WasOpened_ProcessIdInBytes_AllocatesNothing() => None(p => !p.WasOpened("/proc/12/task/13/stat"u8) && !p.WasOpened("/tmp/é"u8));

    [Fact]
    public void WasOpened_LongestPath_AllocatesNothingOnceWarm() => None(p => p.WasOpened(Long));

    [Fact]
    public void IsAddressInEgress_AnyAddress_AllocatesNothing() => None(p =>
        p.IsAddressInEgress(Known, 443, TransportProtocol.Tcp) && p.IsAddressInEgress(InBlock, 1, TransportProtocol.Udp) && !p.IsAddressInEgress(Known, 80, TransportProtocol.Tcp));

    [Fact]
    public void IsDomainInEgress_AnyName_AllocatesNothing() => None(p =>
        p.IsDomainInEgress("EXAMPLE.com.") && p.IsDomainInEgress("a.example.org") && !p.IsDomainInEgress("evil.example.com"));

    private static NetAddress Parse(string text) => NetAddress.TryParse(text, out NetAddress address) ? address : throw new FormatException(text);

    private void None(Func<CompletedProfile, bool> ask)
    {
        Assert.True(ask(_profile)); // warms caches and pools, and shows that the answers are the expected ones
        bool all = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            all &= ask(_profile);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(all);
        Assert.Equal(0, allocated);
    }
}
