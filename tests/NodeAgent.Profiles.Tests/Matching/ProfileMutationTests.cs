// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Matching;

/// <summary>Profiles that were edited by somebody who did not know what they do.</summary>
public sealed class ProfileMutationTests
{
    private const string Profile = """
        {"apiVersion":"v1","kind":"ContainerProfile","metadata":{"name":"web","labels":{"a":"b"},"annotations":{"c":"d"}},"spec":{
          "architectures":["amd64"],"capabilities":["CHOWN"],"syscalls":["read"],"future":{"kept":[1]},
          "execs":[{"path":"/bin/sh","args":["sh","-c"],"argsRequired":true,"envs":["A=b"]}],
          "opens":[{"path":"/etc/⋯","flags":["O_RDONLY"]}],
          "endpoints":[{"endpoint":":80/a","methods":["GET"],"direction":"inbound","internal":true,"headers":{"Host":["a"]}}],
          "rulePolicies":{"R1":{"processAllowed":["sh"],"containerAllowed":false}},
          "seccompProfile":{"name":"s","spec":{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["read"],"action":"x","args":[{"index":1}]}]}},
          "identifiedCallStacks":[{"callID":"x","callStack":{"root":{"children":[]}}}],
          "matchLabels":{"app":"web"},"matchExpressions":[{"key":"k","operator":"Exists"}],
          "egress":[{"type":"external","dns":"a.b.","ipAddress":"10.0.0.1","ports":[{"name":"TCP-443","protocol":"TCP","port":443}]},
                    {"type":"internal","podSelector":{"matchLabels":{"a":"b"}},"ports":[{"protocol":"UDP","port":53}]}],
          "containers":[{"name":"c","opens":[{"path":"/a"}],"egress":[{"dnsNames":["x"]}]}]}}
        """;

    private const string Half = "\"half a character\"";

    private static readonly string[] Junk =
        ["null", "7", "-1", "70000", "1e300", "1.5", "true", "\"\"", "\"*\"", "\"**\"", "\"FOO\"", Half, "[]", "[null]", "[[]]", "[1,\"a\"]", "{}", "{\"a\":null}", "{\"path\":{}}", "\"10.0.0.0/99\""];

    [Fact]
    public void Read_AnyMutations_NeitherThrowsNorWidens() => Property.ForSeeds(random =>
    {
        byte[] text = Mutated(random, random.Next(1, 6));
        if (!ProfileValidation.TryRead("p", text, ApiJsonContext.Readable.ContainerProfile, out ContainerProfile? profile, out ProfileReport report))
        {
            Assert.NotEmpty(report.Errors);
            return;
        }

        ContainerProfileSpec spec = profile.Spec ?? new ContainerProfileSpec();
        var completed = new CompletedProfile(spec);
        Assert.True(NetAddress.TryParse("10.0.0.1", out NetAddress address) && NetAddress.TryParse("99.9.9.9", out _));
        if (!Encoding.UTF8.GetString(text).Contains("\"ports\":[]", StringComparison.Ordinal) && HasAllPorts(text))
        {
            Assert.False(completed.IsAddressInEgress(address, 22, TransportProtocol.Tcp));
        }

        completed.WasOpened("/etc/x");
        completed.WasExecutedWithArgs("/bin/sh", ["sh"]);
    });

    [Fact]
    public void Read_WhatWasReadBefore_HasNoErrors() => Property.ForSeeds(random =>
    {
        if (ProfileValidation.TryRead("p", Mutated(random, random.Next(1, 6)), ApiJsonContext.Readable.ContainerProfile, out ContainerProfile? profile, out _))
        {
            byte[] again = JsonSerializer.SerializeToUtf8Bytes(profile, ApiJsonContext.Default.ContainerProfile);
            Assert.True(ProfileValidation.TryRead("p", again, ApiJsonContext.Readable.ContainerProfile, out _, out ProfileReport report));
            Assert.Empty(report.Errors);
        }
    });

    [Fact]
    public void Read_AnyBytes_DoesNotThrow() => Property.ForSeeds(random =>
    {
        byte[] text = Encoding.UTF8.GetBytes(Profile);
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            text[random.Next(text.Length)] = (byte)random.Next(256);
        }

        ProfileValidation.TryRead("p", text.AsSpan(0, random.Next(4) == 0 ? random.Next(text.Length) : text.Length), ApiJsonContext.Readable.ContainerProfile, out _, out _);
        ProfileValidation.TryRead("p", text, ApiJsonContext.Readable.NetworkNeighborhood, out _, out _);
        ProfileValidation.TryRead("p", text, ApiJsonContext.Readable.ApplicationProfile, out _, out _);
    });

    // Whoever took the ports away, or wrote null there, said "any port".
    private static bool HasAllPorts(byte[] text)
    {
        try
        {
            return JsonNode.Parse(text)?["spec"]?["egress"] is JsonArray { Count: > 0 } egress && egress[0] is JsonObject first && first["ports"] is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static byte[] Mutated(Random random, int times)
    {
        JsonNode root = JsonNode.Parse(Profile)!;
        for (int i = 0; i < times; i++)
        {
            JsonNode[] all = [.. Below(root)];
            if (all.Length == 0)
            {
                break;
            }

            JsonNode victim = all[random.Next(all.Length)];
            JsonNode? junk = JsonNode.Parse(Junk[random.Next(Junk.Length)]);
            switch (victim.Parent)
            {
                case JsonObject parent when random.Next(5) == 0:
                    parent.Remove(victim.GetPropertyName());
                    break;
                case JsonObject parent:
                    parent[victim.GetPropertyName()] = junk;
                    break;
                case JsonArray parent:
                    parent[victim.GetElementIndex()] = junk;
                    break;
            }
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace(Half, "\"\\ud800\"", StringComparison.Ordinal));
    }

    private static IEnumerable<JsonNode> Below(JsonNode node) => node switch
    {
        JsonObject all => all.Select(pair => pair.Value).OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child)),
        JsonArray all => all.OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child)),
        _ => [],
    };
}
