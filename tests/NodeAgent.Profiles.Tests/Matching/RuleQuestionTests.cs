// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Matching;

/// <summary>The questions of a completed profile that only some rules ask.</summary>
public sealed class RuleQuestionTests
{
    private static readonly CompletedProfile Profile = new(new ContainerProfileSpec
    {
        Syscalls = ["openat", "bpf"],
        Opens = [new OpenCalls { Path = "/run/secrets/⋯/token", Flags = [] }, new OpenCalls { Path = "/etc/hosts", Flags = [] }, new OpenCalls { Path = "/data/*", Flags = [] }],
        Ingress = [Neighbor("10.0.0.7", 8080)],
        Egress = [Neighbor("10.0.0.8", 443), new NetworkNeighbor { IpAddresses = ["10.1.0.0/16"] }],
        Endpoints =
        [
            new HttpEndpoint { Endpoint = ":80/api/⋯", Direction = "outbound", Methods = ["GET"], Headers = JsonDocument.Parse("""{"Host":["db.example"]}""").RootElement },
            new HttpEndpoint { Endpoint = ":0/health", Direction = "inbound" },
        ],
        RulePolicies = new Dictionary<string, RulePolicy>
        {
            ["R1010"] = new() { ProcessAllowed = ["dpkg"] },
            ["R1030"] = new() { ContainerAllowed = true },
        },
    });

    [Theory]
    [InlineData("", "/token", true)]
    [InlineData("/run/secrets", "", true)]
    [InlineData("/run/secrets/kubernetes.io", "/token", true)]
    [InlineData("/etc/", "", true)]
    [InlineData("/etc/shadow", "", false)]
    [InlineData("/data/x", "/y", true)]
    [InlineData("", "hosts", true)]
    [InlineData("/var", "", false)]
    public void WasOpenedLike_StartAndEnd_AreComparedWithPatternsToo(string start, string end, bool known) =>
        Assert.Equal(known, Profile.WasOpenedLike(System.Text.Encoding.UTF8.GetBytes(start), System.Text.Encoding.UTF8.GetBytes(end)));

    [Theory]
    [InlineData("/api/users", new string[0], false, false, true)]
    [InlineData(":80/api/users", new[] { "GET" }, false, false, true)]
    [InlineData(":80/api/users", new[] { "POST" }, false, false, false)]
    [InlineData(":81/api/users", new string[0], false, false, false)]
    [InlineData(":81/health", new string[0], false, false, true)]
    [InlineData("/api/", new string[0], true, false, true)]
    [InlineData("/admin", new string[0], true, false, false)]
    [InlineData("alth", new string[0], false, true, true)]
    public void HasEndpoint_PortMethodAndEnds_AreCompared(string endpoint, string[] methods, bool prefix, bool suffix, bool known) =>
        Assert.Equal(known, Profile.HasEndpoint(System.Text.Encoding.UTF8.GetBytes(endpoint), methods, prefix, suffix));

    [Fact]
    public void Rest_OfTheQuestions_IsAnsweredFromTheProfile()
    {
        Assert.True(Profile.HasSyscall("bpf"));
        Assert.False(Profile.HasSyscall("mount"));
        Assert.True(Profile.HasHost("DB.example"u8));
        Assert.False(Profile.HasHost("example"u8));
        Assert.True(Profile.IsAddressInIngress(Address("10.0.0.7"), 8080, TransportProtocol.Tcp));
        Assert.False(Profile.IsAddressInIngress(Address("10.0.0.7"), 8081, TransportProtocol.Tcp));
        Assert.True(Profile.IsAddressKnown(Address("10.0.0.8"), egress: true));
        Assert.True(Profile.IsAddressKnown(Address("10.1.2.3"), egress: true));
        Assert.False(Profile.IsAddressKnown(Address("10.0.0.8"), egress: false));
        Assert.True(Profile.AllowsProcess("R1010", "dpkg"u8));
        Assert.False(Profile.AllowsProcess("R1010", "ln"u8));
        Assert.True(Profile.AllowsProcess("R1030", "any"u8));
        Assert.False(Profile.AllowsProcess("R1012", "dpkg"u8));
    }

    private static NetworkNeighbor Neighbor(string address, int port) =>
        new() { IpAddresses = [address], Ports = [new NetworkPort { Name = $"TCP-{port}", Port = port, Protocol = "TCP" }] };

    private static NetAddress Address(string text)
    {
        Assert.True(NetAddress.TryParse(text, out NetAddress address));
        return address;
    }
}
