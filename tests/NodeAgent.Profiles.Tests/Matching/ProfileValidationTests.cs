// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Tests.Matching;

public sealed class ProfileValidationTests
{
    private const string Good = """
        {"metadata":{"name":"web"},"spec":{
          "capabilities":["CHOWN"],"syscalls":["read"],"future":{"kept":[1]},
          "execs":[{"path":"/bin/sh","args":["sh","-c"],"argsRequired":true,"envs":["A=b"]},{"path":"memfd:x"}],
          "opens":[{"path":"/etc/⋯","flags":["O_RDONLY"]},{"path":"/var/lib/*"}],
          "endpoints":[{"endpoint":":80/a","methods":["GET"],"direction":"inbound","internal":true,"headers":{"Host":["a"]}}],
          "rulePolicies":{"R1":{"processAllowed":["sh"],"containerAllowed":false}},
          "egress":[{"identifier":"i","type":"external","dns":"a.b.","dnsNames":["*.a.b"],"ipAddress":"10.0.0.1","ipAddresses":["2001:db8::/32"],
                     "ports":[{"name":"TCP-443","protocol":"TCP","port":443}]},
                    {"type":"internal","podSelector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"k","operator":"In","values":["v"]}]}}],
          "ingress":[]}}
        """;

    [Fact]
    public void Read_GoodProfile_HasNoProblems()
    {
        (ContainerProfile profile, ProfileReport report) = Read(Good);
        Assert.Empty(report.Errors);
        Assert.Empty(report.Warnings);
        Assert.Equal((2, 2, 1, 2), (profile.Spec!.Execs!.Count, profile.Spec.Opens!.Count, profile.Spec.Endpoints!.Count, profile.Spec.Egress!.Count));
    }

    [Theory]
    [InlineData("\"port\":443", "\"port\":70000", "spec.egress[0].ports[0].port: 70000 is no port")]
    [InlineData("\"port\":443", "\"port\":0", "spec.egress[0].ports[0].port: 0 is no port")]
    [InlineData("\"port\":443", "\"port\":\"443\"", "spec.egress[0].ports[0].port: '443' is no port")]
    [InlineData("\"protocol\":\"TCP\"", "\"protocol\":\"FOO\"", "spec.egress[0].ports[0].protocol: 'FOO' is none of TCP, UDP, SCTP")]
    [InlineData("2001:db8::/32", "2001:db8::/129", "spec.egress[0].ipAddresses[0]: '2001:db8::/129' is no address, no block and not '*'")]
    [InlineData("\"10.0.0.1\"", "10", "spec.egress[0].ipAddress: 10 is no address, no block and not '*'")]
    [InlineData("*.a.b", "**.b", "spec.egress[0].dnsNames[0]: '**.b' matches nothing: a '*' is a label of its own")]
    [InlineData("{\"path\":\"/var/lib/*\"}", "{\"path\":\"var/lib\"}", "spec.opens[1].path: 'var/lib' does not begin at the root")]
    [InlineData("{\"path\":\"/var/lib/*\"}", "null", "spec.opens[1]: is null")]
    [InlineData("{\"path\":\"/var/lib/*\"}", "{}", "spec.opens[1].path: is missing")]
    [InlineData("\"O_RDONLY\"", "\"O_FOO\"", "spec.opens[0].flags[0]: 'O_FOO' is no flag of open(2)")]
    [InlineData("[\"sh\",\"-c\"]", "\"sh -c\"", "spec.execs[0].args: 'sh -c' is no list")]
    [InlineData("[\"sh\",\"-c\"]", "[\"sh\",7]", "spec.execs[0].args[1]: 7 is no text")]
    [InlineData("\"argsRequired\":true", "\"argsRequired\":\"yes\"", "spec.execs[0].argsRequired: 'yes' is neither true nor false")]
    [InlineData("\":80/a\"", "\":66000/a\"", "spec.endpoints[0].endpoint: ':66000/a' is not of the form ':80/path'")]
    [InlineData("[\"GET\"]", "[\"FETCH\"]", "spec.endpoints[0].methods[0]: 'FETCH' is no method")]
    [InlineData("\"inbound\"", "\"in\"", "spec.endpoints[0].direction: 'in' is neither 'inbound' nor 'outbound'")]
    [InlineData("[\"CHOWN\"]", "\"CHOWN\"", "spec.capabilities: 'CHOWN' is no list")]
    [InlineData("\"containerAllowed\":false", "\"containerAllowed\":1", "spec.rulePolicies.R1.containerAllowed: 1 is neither true nor false")]
    [InlineData("\"operator\":\"In\"", "\"operator\":\"Is\"", "spec.egress[1].podSelector.matchExpressions[0].operator: 'Is' is none of In, NotIn, Exists, DoesNotExist")]
    [InlineData("{\"a\":\"b\"}", "{\"a\":1}", "spec.egress[1].podSelector.matchLabels.a: 1 is no text")]
    public void Read_NonsenseInOneField_IsNamedAndTheRestIsUsed(string field, string nonsense, string problem)
    {
        (ContainerProfile profile, ProfileReport report) = Read(Good.Replace(field, nonsense, StringComparison.Ordinal));
        Assert.Equal("containerprofiles default/web: " + problem, Assert.Single(report.Errors).ToString());
        Assert.Contains(profile.Spec!.Execs!, exec => exec.Path == "memfd:x");
        Assert.NotEmpty(profile.Spec.Opens!);
        Assert.NotEmpty(profile.Spec.Egress!);
    }

    [Fact]
    public void Read_NeighbourWhosePortsAreNonsense_DoesNotBecomeAnyPort()
    {
        (ContainerProfile profile, _) = Read(Good.Replace("\"port\":443", "\"port\":-1", StringComparison.Ordinal));
        Assert.True(NetAddress.TryParse("10.0.0.1", out NetAddress address));
        Assert.False(new CompletedProfile(profile.Spec!).IsAddressInEgress(address, 22, TransportProtocol.Tcp));
        Assert.Single(profile.Spec!.Egress!);
    }

    [Theory]
    [InlineData("/etc/⋯", "/*", "spec.opens[0].path: '/*' matches every file")]
    [InlineData("/etc/⋯", "*", "spec.opens[0].path: '*' matches every file")]
    [InlineData("/bin/sh", "/*", "spec.execs[0].path: '/*' matches every program")]
    [InlineData(":80/a", ":0/*", "spec.endpoints[0].endpoint: ':0/*' matches every path")]
    [InlineData("2001:db8::/32", "0.0.0.0/0", "spec.egress[0].ipAddresses[0]: '0.0.0.0/0' matches every address")]
    [InlineData("10.0.0.1", "*", "spec.egress[0].ipAddress: '*' matches every address")]
    [InlineData("*.a.b", "*.*", "spec.egress[0].dnsNames[0]: '*.*' matches every name of as many labels")]
    public void Read_WildcardForEverything_IsUsedAndWarnedOf(string field, string wildcard, string warning)
    {
        (_, ProfileReport report) = Read(Good.Replace(field, wildcard, StringComparison.Ordinal));
        Assert.Empty(report.Errors);
        Assert.Equal("containerprofiles default/web: " + warning, Assert.Single(report.Warnings).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"spec\"")]
    [InlineData("{\"\\ud800\":1}")]
    public void Read_NoObject_SaysSo(string text)
    {
        Assert.False(ProfileValidation.TryRead("x", Encoding.UTF8.GetBytes(text), ApiJsonContext.Readable.ContainerProfile, out _, out ProfileReport report));
        Assert.NotEmpty(report.Errors);
    }

    [Theory]
    [InlineData("{\"spec\":7}", "spec: 7 is no object")]
    [InlineData("{\"spec\":{\"seccompProfile\":7}}", "spec.seccompProfile: has another type")]
    [InlineData("{\"metadata\":{\"labels\":{\"a\":null}}}", "metadata.labels.a: null is no text")]
    public void Read_WrongType_IsLeftOut(string text, string problem)
    {
        (_, ProfileReport report) = Read(text);
        Assert.Equal("containerprofiles default/web: " + problem, Assert.Single(report.Errors).ToString());
    }

    [Fact]
    public void Read_EndlessNonsense_IsCounted()
    {
        (_, ProfileReport report) = Read("{\"spec\":{\"opens\":[" + string.Join(',', Enumerable.Repeat("1", 5000)) + "]}}");
        Assert.Equal(ProfileValidation.MaxProblems, report.Errors.Count);
        Assert.Equal(5000 - ProfileValidation.MaxProblems, report.Unlisted);
    }

    [Fact]
    public void Read_Neighborhood_ChecksItsContainers()
    {
        const string text = """{"spec":{"matchLabels":{"a":1},"containers":[{"name":"c","egress":[{"ipAddress":"x"}]},{"egress":[]}]}}""";
        Assert.True(ProfileValidation.TryRead("nn", Encoding.UTF8.GetBytes(text), ApiJsonContext.Readable.NetworkNeighborhood, out NetworkNeighborhood? network, out ProfileReport report));
        Assert.Equal(
            [
                "nn: spec.containers[0].egress[0].ipAddress: 'x' is no address, no block and not '*'",
                "nn: spec.containers[0].egress[0]: nothing is left that says who it is",
                "nn: spec.containers[1].name: is missing, or no text",
                "nn: spec.matchLabels.a: 1 is no text",
                "nn: spec: whom it selects makes no sense, so its neighbours are left out",
            ],
            report.Errors.Select(e => e.ToString()));
        Assert.Null(network.Spec!.MatchLabels);
    }

    private static (ContainerProfile Profile, ProfileReport Report) Read(string text)
    {
        Assert.True(ProfileValidation.TryRead("containerprofiles default/web", Encoding.UTF8.GetBytes(text), ApiJsonContext.Readable.ContainerProfile, out ContainerProfile? profile, out ProfileReport report));
        return (profile, report);
    }
}
