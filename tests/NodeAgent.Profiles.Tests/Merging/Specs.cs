// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Merging;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Merging;

/// <summary>Random profiles, of ours and of others, from few words, so that they meet.</summary>
internal static class Specs
{
    /// <summary>So low that most directories of such profiles are collapsed.</summary>
    public static MergeRules Tight { get; } = new(
        new CollapseRules(
            new PathRules(new PathThresholds(4, [new("/etc", 6), new("/opt", 2), new("/w1/opt", 1)]), true),
            new PathRules(new PathThresholds(3, []), true),
            new PathRules(new PathThresholds(4, []), false)),
        "tight");

    public static string Text(ContainerProfileSpec spec) => JsonSerializer.Serialize(spec, ApiJsonContext.Readable.ContainerProfileSpec);

    public static void ForSeeds(int count, Action<Random> law) => Property.ForSeeds(law, count);

    public static ContainerProfileSpec Random(Random random, int most = 40)
    {
        int variety = random.Next(3, 12);
        return new ContainerProfileSpec
        {
            Architectures = Texts(random, ["amd64", "arm64"]),
            Capabilities = Texts(random, ["SYS_ADMIN", "NET_RAW", "CHOWN"]),
            Syscalls = Texts(random, ["read", "write", "openat", "close"]),
            ImageID = random.Next(2) == 0 ? null : "sha256:" + random.Next(2),
            ImageTag = random.Next(2) == 0 ? null : "nginx:" + random.Next(2),
            Execs = List(random, most / 3, () => Exec(random, variety)),
            Opens = List(random, most, () => new OpenCalls { Path = Path(random, variety), Flags = Texts(random, ["O_RDONLY", "O_RDWR", "O_CLOEXEC", "O_OURS"]) }),
            Endpoints = List(random, most / 3, () => Endpoint(random, variety)),
            RulePolicies = random.Next(2) == 0 ? null : Enumerable.Range(0, random.Next(3)).ToDictionary(
                rule => $"R000{rule}", _ => new RulePolicy { ProcessAllowed = Texts(random, ["a", "b", "c"]), ContainerAllowed = random.Next(3) switch { 0 => null, 1 => true, _ => false } }),
            IdentifiedCallStacks = List(random, 2, () => new IdentifiedCallStack { CallID = Word(random, 3), CallStack = new CallStack { Root = new CallStackNode { Frame = new StackFrame { Lineno = Word(random, 2) } } } }),
            SeccompProfile = random.Next(3) == 0 ? new SingleSeccompProfile { Name = Word(random, 3) } : null,
            MatchLabels = random.Next(3) == 0 ? null : Labels(random),
            Ingress = List(random, most / 4, () => Neighbor(random, variety)),
            Egress = List(random, most / 2, () => Neighbor(random, variety)),
        };
    }

    private static ExecCalls Exec(Random random, int variety) => new()
    {
        Path = Path(random, variety),
        Args = random.Next(9) == 0 ? null : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Word(random, 3))],
        Envs = Texts(random, ["A=1", "B=2"]),
        ArgsRequired = random.Next(2) == 0,
    };

    private static HttpEndpoint Endpoint(Random random, int variety) => new()
    {
        Endpoint = random.Next(12) == 0 ? "odd" : $":{random.Next(80, 82)}{Path(random, variety)}",
        Methods = Texts(random, ["GET", "POST", "PUT"]),
        Internal = random.Next(2) == 0,
        Direction = random.Next(2) == 0 ? "inbound" : "outbound",
        Headers = random.Next(3) == 0 ? null : JsonSerializer.SerializeToElement(new Dictionary<string, string[]> { ["Host"] = [Word(random, 3)], ["Accept-Encoding"] = [Word(random, 2)] }),
    };

    private static NetworkNeighbor Neighbor(Random random, int variety)
    {
        string? name = random.Next(3) == 0 ? null : $"host{random.Next(variety)}.example.";
        var neighbor = new NetworkNeighbor
        {
            Type = random.Next(8) == 0 ? null : random.Next(2) == 0 ? "internal" : "external",
            Dns = name,
            DnsNames = name is null ? null : [name],
            Ports = List(random, 3, () => random.Next(2) == 0 ? new NetworkPort { Name = "TCP-443", Protocol = "TCP", Port = 443 } : new NetworkPort { Name = Word(random, 2), Protocol = "UDP", Port = random.Next(50, 54) }),
        };
        string address = $"10.0.0.{random.Next(variety)}";
        return random.Next(7) switch
        {
            0 => neighbor with { PodSelector = new LabelSelector { MatchLabels = Labels(random) } },
            1 => neighbor with { NamespaceSelector = new LabelSelector { MatchLabels = Labels(random) }, PodSelector = new LabelSelector { MatchLabels = Labels(random) } },
            2 => neighbor,
            3 => neighbor with { IpAddresses = ["10.0.0.0/8"] },
            4 => neighbor with { IpAddresses = [address, "2001:db8::1"] },
            5 => neighbor with { IpAddresses = ["*"], Identifier = "somebody's" },
            _ => neighbor with { IpAddress = address },
        };
    }

    private static string Path(Random random, int variety) => random.Next(30) switch
    {
        0 => "/",
        1 => "relative",
        2 => "/etc/*",
        3 => "/*/" + Word(random, variety),
        4 => "//" + Word(random, variety),
        _ => "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(depth => depth == 0 && random.Next(2) == 0 ? "etc" : Word(random, variety))) + (random.Next(20) == 0 ? "/" : ""),
    };

    private static string Word(Random random, int variety) => random.Next(40) switch { 0 => "⋯", 1 => "é-", 2 => "opt", 3 => "w", _ => "w" + random.Next(variety) };

    private static Dictionary<string, string> Labels(Random random) =>
        Texts(random, ["app", "tier", "pod"])?.OrderBy(_ => random.Next()).ToDictionary(label => label, _ => random.Next(3) == 0 ? "b" : "a") ?? [];

    private static string[]? Texts(Random random, string[] words) =>
        random.Next(4) == 0 ? null : [.. words.Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next())];

    private static List<T>? List<T>(Random random, int most, Func<T> item) => random.Next(8) == 0 ? null : [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => item())];
}
