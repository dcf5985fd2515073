// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Matching;

public sealed class CompletedProfileTests
{
    private static readonly string[] PatternSegments = ["a", "b", "a", "*", "⋯", "", "proc", "12", "x*", "⋯y", "\\x2A", "\\x41", "é", "\\xFF"];
    private static readonly string[] Segments = ["a", "b", "b", "*", "⋯", "", "proc", "12", "task", "x*", "⋯y", "\\x2A", "\\x41", "é"];
    private static readonly string[] ArgumentPatterns = ["a", "b", "⋯", "⋯⋯", "a/⋯", "⋯/b", "*", "", "\\xE2\\x8B\\xAF"];
    private static readonly string[] ArgumentTexts = ["a", "b", "a/b", "b/b", "*", "", "⋯", "⋯⋯", "a/⋯"];
    private static readonly string[] Addresses =
        ["10.0.0.1", "10.0.0.0/8", "10.0.0.7/31", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104", "x", "", "10.0.0.0/33"];

    private static readonly string[] Callers = ["10.0.0.1", "10.0.0.6", "10.9.9.9", "11.0.0.1", "2001:db8::1", "2001:db8:ffff::", "2001:db9::1", "::1"];
    private static readonly string[] Labels = ["a", "b", "*", "⋯", "**", "A", "com", ""];

    [Fact]
    public void Paths_RandomProfileAndPath_AgreeWithReference()
    {
        int yes = 0;
        Property.ForSeeds(random =>
        {
            ContainerProfileSpec spec = Spec(random, 4);
            var profile = new CompletedProfile(spec);
            var reference = new ReferenceMatcher(spec);
            for (int i = 0; i < 5; i++)
            {
                byte[] path = PathBytes(random);
                string text = ByteText.Decode(path);
                string about = $"{text} in {string.Join(' ', spec.Opens!.Select(o => o.Path))}";
                bool expected = reference.Opened(path);
                yes += expected ? 1 : 0;
                Assert.True(expected == profile.WasOpened(path), about);
                Assert.True(expected == profile.WasOpened(text), about);
                bool executed = reference.Executed(path);
                Assert.True(executed == profile.WasExecuted(path), about);
                Assert.True(executed == profile.WasExecuted(text), about);
            }
        });
        Assert.InRange(yes, 200, 4800);
    }

    [Fact]
    public void Arguments_RandomProfileAndLists_AgreeWithReference()
    {
        int yes = 0;
        Property.ForSeeds(random =>
        {
            ContainerProfileSpec spec = Spec(random, 6);
            var profile = new CompletedProfile(spec);
            var reference = new ReferenceMatcher(spec);
            for (int i = 0; i < 5; i++)
            {
                byte[] path = PathBytes(random);
                byte[][] arguments = [.. Pick(random, ArgumentTexts, 4).Select(Encoding.UTF8.GetBytes)];
                bool expected = reference.Executed(path, arguments);
                yes += expected ? 1 : 0;
                Assert.Equal(expected, profile.WasExecutedWithArgs(ByteText.Decode(path), [.. arguments.Select(a => ByteText.Decode(a))]));
            }
        });
        Assert.InRange(yes, 80, 4900);
    }

    [Fact]
    public void Addresses_RandomProfileAndPeer_AgreeWithReference()
    {
        int yes = 0;
        Property.ForSeeds(random =>
        {
            ContainerProfileSpec spec = Spec(random, 3);
            var profile = new CompletedProfile(spec);
            var reference = new ReferenceMatcher(spec);
            foreach (string caller in Callers)
            {
                (int port, TransportProtocol protocol) = (random.Next(2) == 0 ? 80 : 53, random.Next(2) == 0 ? TransportProtocol.Tcp : TransportProtocol.Udp);
                bool expected = reference.Called(System.Net.IPAddress.Parse(caller).GetAddressBytes(), port, protocol.ToString());
                yes += expected ? 1 : 0;
                Assert.True(NetAddress.TryParse(caller, out NetAddress address));
                string about = $"{caller}:{port}/{protocol} in {string.Join(' ', spec.Egress!.SelectMany(n => n.IpAddresses!.Append(n.IpAddress)))}";
                Assert.True(expected == profile.IsAddressInEgress(address, port, protocol), about);
            }
        });
        Assert.InRange(yes, 500, 7500);
    }

    [Fact]
    public void Names_RandomProfileAndName_AgreeWithReference()
    {
        int yes = 0;
        Property.ForSeeds(random =>
        {
            ContainerProfileSpec spec = Spec(random, 5);
            var profile = new CompletedProfile(spec);
            var reference = new ReferenceMatcher(spec);
            for (int i = 0; i < 12; i++)
            {
                string name = Name(random, ["a", "b", "B", "com", ""]);
                bool expected = reference.Asked(name);
                yes += expected ? 1 : 0;
                Assert.True(expected == profile.IsDomainInEgress(name), $"'{name}' in {string.Join(' ', spec.Egress!.SelectMany(n => n.DnsNames!))}");
            }
        });
        Assert.InRange(yes, 300, 11_700);
    }

    [Theory]
    [InlineData("/proc/1", true)]
    [InlineData("/proc/4194304/", true)]
    [InlineData("/proc/1/stat", true)]
    [InlineData("/proc/1/task/7/comm", true)]
    [InlineData("/proc/1/tasks/7/comm", false)]
    [InlineData("/proc//1/stat", false)]
    [InlineData("/x/proc/1/stat", false)]
    public void WasOpened_ProcessId_IsAnyProcess(string path, bool expected)
    {
        var profile = new CompletedProfile(new ContainerProfileSpec { Opens = [Open("/proc/⋯"), Open("/proc/⋯/stat"), Open("/proc/⋯/task/⋯/comm")] });
        Assert.Equal(expected, profile.WasOpened(path));
        Assert.Equal(expected, profile.WasOpened(Encoding.UTF8.GetBytes(path)));
    }

    [Theory]
    [InlineData("/proc/1", "/proc/⋯")]
    [InlineData("/proc/1/", "/proc/⋯/")]
    [InlineData("/proc/1/task/2", "/proc/⋯/task/⋯")]
    [InlineData("/proc/1/task/2x", "/proc/⋯/task/2x")]
    [InlineData("/proc/1/2", "/proc/⋯/2")]
    [InlineData("/proc/1x/stat", "/proc/1x/stat")]
    [InlineData("/proc/self/stat", "/proc/self/stat")]
    [InlineData("/proc/", "/proc/")]
    [InlineData("/proc/⋯/*", @"/proc/\xE2\x8B\xAF/\x2A")]
    [InlineData("/x/proc/1", "/x/proc/1")]
    public void FromBytes_Path_HoldsNoProcessIdAndNoForeignWildcard(string path, string expected)
    {
        Assert.Equal(expected, PathText.FromBytes(Encoding.UTF8.GetBytes(path)));
        Assert.Equal(expected, ReferenceMatcher.Text(Encoding.UTF8.GetBytes(path)));
    }

    [Theory]
    [InlineData(3u)]
    [InlineData(0x100000u)]
    [InlineData(0x8000000u | 0x20)]
    [InlineData(0xffffffffu)]
    public void WasOpened_FlagsWithoutName_AreCoveredOnceLearned(uint flags)
    {
        string[] names = OpenFlags.ToNames(OpenFlags.ToMask(flags));
        var profile = new CompletedProfile(new ContainerProfileSpec { Opens = [new OpenCalls { Path = "/a", Flags = names }] });
        Assert.True(profile.WasOpened("/a", flags));
        Assert.True(profile.WasOpened("/a"u8, flags));
    }

    [Theory]
    [InlineData(0u, 1u)]
    [InlineData(0u, 3u)]
    [InlineData(0u, 0x40u)]
    [InlineData(1u, 2u)]
    [InlineData(2u, 0u)]
    [InlineData(0x1000u, 0x101000u)]
    public void Fault6_OpenWithOtherFlags_IsNotCovered(uint learned, uint asked)
    {
        string[] names = OpenFlags.ToNames(OpenFlags.ToMask(learned));
        var profile = new CompletedProfile(new ContainerProfileSpec { Opens = [new OpenCalls { Path = "/a", Flags = names }] });
        Assert.False(profile.WasOpened("/a", asked));
    }

    [Theory]
    [InlineData(443, TransportProtocol.Tcp, true)]
    [InlineData(443, TransportProtocol.Udp, false)]
    [InlineData(444, TransportProtocol.Tcp, false)]
    public void Fault6_AddressAtAnotherPortOrByAnotherProtocol_IsNotCovered(ushort port, TransportProtocol protocol, bool expected)
    {
        var neighbor = new NetworkNeighbor { IpAddress = "203.0.113.9", Dns = "a.example.", Ports = [new NetworkPort { Port = 443, Protocol = "TCP" }] };
        Assert.True(NetAddress.TryParse("203.0.113.9", out NetAddress address));

        Assert.Equal(expected, new CompletedProfile(new ContainerProfileSpec { Egress = [neighbor] }).IsAddressInEgress(address, port, protocol));
    }

    private static OpenCalls Open(string path) => new() { Path = path, Flags = ["O_RDONLY"] };

    private static ContainerProfileSpec Spec(Random random, int entries) => new()
    {
        Execs = [.. Enumerable.Range(0, entries).Select(_ => new ExecCalls { Path = PatternPath(random), Args = Pick(random, ArgumentPatterns, 4) })],
        Opens = [.. Enumerable.Range(0, entries).Select(_ => Open(PatternPath(random)))],
        Egress =
        [
            .. Enumerable.Range(0, random.Next(entries)).Select(_ => new NetworkNeighbor
            {
                IpAddress = random.Next(20) == 0 ? "*" : Addresses[random.Next(Addresses.Length)],
                IpAddresses = Pick(random, Addresses, 2),
                Dns = random.Next(2) == 0 ? null : Name(random, Labels),
                DnsNames = [Name(random, Labels)],
                Ports = random.Next(4) == 0 ? null : [new NetworkPort { Port = 80, Protocol = "tcp" }, new NetworkPort { Port = random.Next(60), Protocol = "UDP" }],
            }),
        ],
    };

    private static string PatternPath(Random random) => random.Next(30) switch
    {
        0 => string.Empty,
        1 => "/" + string.Join('/', Enumerable.Repeat(random.Next(2) == 0 ? "a" : "*", 2047)),
        2 => string.Join('/', Pick(random, PatternSegments, 5)),
        _ => "/" + string.Join('/', Pick(random, PatternSegments, 5)),
    };

    private static byte[] PathBytes(Random random)
    {
        if (random.Next(40) == 0)
        {
            byte[] noise = new byte[random.Next(2) == 0 ? 4096 : random.Next(20)];
            random.NextBytes(noise);
            return noise;
        }

        string text = random.Next(40) switch
        {
            0 => string.Empty,
            1 => string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "/a" : "/*", 2048)),
            2 => string.Join('/', Pick(random, Segments, 5)),
            3 => "/a/" + new string('a', 4093),
            _ => "/" + string.Join('/', Pick(random, Segments, 5)),
        };
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && random.Next(8) == 0)
        {
            bytes[random.Next(bytes.Length)] = 0xff;
        }

        return bytes;
    }

    private static string Name(Random random, string[] labels) => string.Join('.', Pick(random, labels, 4)) + (random.Next(3) == 0 ? "." : string.Empty);

    private static string[] Pick(Random random, string[] from, int most) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => from[random.Next(from.Length)])];
}
